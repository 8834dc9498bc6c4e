import Attacks
import Federation
import LuaRuntime

private struct LabelFlipOptions: LuaOptions {
  var share = ScheduleArgument(1)
  var target = Either<Int, String>.second("mirror")
  var source: Int?

  static let fields = Fields<LabelFlipOptions> { field in
    field.option("share", \.share, "Share of the samples in question that get a wrong label, from 0 to 1.")
    field.option(
      "target", \.target, "mirror: k - 1 minus the label; random: any other label; or one class for all, from 0.")
    field.option(
      "source", \.source, "The only class whose samples become `target`, from 0; every other one without it.")
  }

  func flip() throws -> LabelFlip {
    let kind: LabelFlip.Target
    switch target {
    case .first(let label): kind = .swap(source: source, target: label)
    case .second("mirror"): kind = .mirror
    case .second("random"): kind = .random
    case .second(let name):
      throw LuaFailure("target = '\(name)' is unknown; 'mirror', 'random' or a class from 0 is allowed")
    }
    if source != nil, case .second(let name) = target {
      throw LuaFailure("source stands beside target = '\(name)'; it needs a class as target")
    }
    return LabelFlip(share: share.schedule, target: kind)
  }
}

let dataAttackBindings = BindingModule(
  "fed.attacks.data", "Attacks on what clients train with; training itself is honest."
) { module in
  module.function(
    "label_flip", "Gives a share of a client's samples wrong labels.", Parameter("options", "Which and how many."),
    returns: "The attack.",
    source: "Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 5",
    example: Example("print(fed.attacks.data.label_flip { share = 0.5 })", prints: "Attack label_flip")
  ) { (options: LabelFlipOptions) in
    LuaAttack(Attack(try options.flip()))
  }
}
