import Attacks
import Federation
import LuaRuntime

private struct LabelFlipOptions: LuaOptions {
  var share = ScheduleArgument(1)
  var target = "mirror"

  static let fields = Fields<LabelFlipOptions> { field in
    field.option("share", \.share, "Share of each client's samples, from 0 to 1.")
    field.option(
      "target", \.target, "mirror: k - 1 minus the label; random: any other label.",
      check: .oneOf(["mirror", "random"]))
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
    LuaAttack(
      Attack(LabelFlip(share: options.share.schedule, target: options.target == "random" ? .random : .mirror)))
  }
}
