import Attacks
import Federation
import LuaRuntime

/// Attacks made of attacks.
let attackBindings = BindingModule(
  "fed.attacks",
  "What Byzantine clients do. Wherever an attack is taken it may be one of these, a function of an AttackContext, or a table of hooks."
) { module in
  module.function(
    "all", "Joins attacks: each starts from what the one before it made of labels and updates.",
    Parameter("attacks", "A list of attacks, functions or tables of hooks."), .caller, returns: "The attack.",
    example: Example(
      """
      local attack = fed.attacks.all {
        fed.attacks.updates.sign_flip {}, function(context) return context.own.tensor * 2 end,
      }
      print(attack { {1, -3} })
      """, prints: "Tensor [1, 2] float32\n  -2   6")
  ) { (attacks: [LuaValue], caller: LuaCaller) in
    LuaAttack(.all(try attacks.map { try attack($0, caller) }))
  }
  module.function(
    "during", "Lets an attack act in the rounds for which a schedule has a value, and rest in the others.",
    Parameter("schedule", "A function of the round's number, such as fed.schedules give; nil is rest."),
    Parameter("attack", "An attack, a function or a table of hooks."), .caller, returns: "The attack.",
    example: Example(
      """
      local attack = fed.attacks.during(fed.schedules.from_round { from = 3, value = 1 }, fed.attacks.updates.sign_flip {})
      print(attack({ {1, -3} }, nil, { round = 2 }), attack({ {1, -3} }, nil, { round = 3 })[1][2])
      """, prints: "nil\t3.0")
  ) { (schedule: ScheduleArgument, value: LuaValue, caller: LuaCaller) in
    LuaAttack(try attack(value, caller).during(schedule.schedule))
  }
  module.function(
    "by", "Lets only some of the attackers act in each round; the others are honest then, and the attack sees them so.",
    Parameter("who", "Called with the round's number, gives the ids of those that act, such as fed.schedules.groups."),
    Parameter("attack", "An attack, a function or a table of hooks."), .caller, returns: "The attack.",
    example: Example(
      """
      local attack = fed.attacks.by(function(round) return { round } end, fed.attacks.updates.sign_flip {})
      print(attack({ {1, -3}, {5, 5} }, nil, { round = 2 }))
      """, prints: "Tensor [2, 2] float32\n   1  -3\n  -5  -5")
  ) { (who: LuaFunction, value: LuaValue, caller: LuaCaller) in
    LuaAttack(try attack(value, caller).by { try who($0, returning: [Int]?.self) })
  }
  module.function(
    "knowing",
    "Limits what an attack sees. global: the global model alone, its own updates are zeros; own: also its own updates, which stand for the honest ones; cohort: also the honest updates of the round; everything: also the root update, the rounds before and the run's rule.",
    Parameter("knowledge", "How much: global, own, cohort or everything."),
    Parameter("attack", "An attack, a function or a table of hooks."), .caller, returns: "The attack.",
    example: Example(
      """
      local attack = fed.attacks.knowing("own", function(context) return context.honest:mean() end)
      print(attack({ {1, -3} }, { {5, 5}, {7, 7} }))
      """, prints: "Tensor [2] float32\n   1  -3")
  ) { (knowledge: String, value: LuaValue, caller: LuaCaller) in
    LuaAttack(try attack(value, caller).knowing(Knowledge(named: knowledge, in: "knowing")))
  }
}

private func attack(_ value: LuaValue, _ caller: LuaCaller) throws -> Attack {
  guard let attack = try Attack(value, state: caller.state) else {
    throw LuaFailure("got nothing in place of an attack; an attack, a function or a table of hooks is needed")
  }
  return attack
}
