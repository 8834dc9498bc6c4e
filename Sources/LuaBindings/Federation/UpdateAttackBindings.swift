public import Attacks
import Federation
public import LuaRuntime
import Tensors

private struct SignFlipOptions: LuaOptions {
  var scale = ScheduleArgument(1)

  static let fields = Fields<SignFlipOptions> { field in
    field.option("scale", \.scale, "The update is multiplied by minus this.")
  }
}

private struct ScaleOptions: LuaOptions {
  var factor: ScheduleArgument?

  static let fields = Fields<ScaleOptions> { field in
    field.required("factor", \.factor, "The update is multiplied by this.")
  }
}

extension GaussianNoise.Unit: LuaEnumeration {}

private struct NoiseOptions: LuaOptions {
  var sigma: ScheduleArgument?
  var unit = GaussianNoise.Unit.absolute
  var replace = false

  static let fields = Fields<NoiseOptions> { field in
    field.required("sigma", \.sigma, "Standard deviation of each coordinate.")
    field.option(
      "unit", \.unit,
      "What sigma is measured in: absolute, as parameters are; norm, the norm of the client's own update for each coordinate; rms, that norm divided by √d, so that the noise is about sigma times as long as the update."
    )
    field.option("replace", \.replace, "Whether the noise stands alone and is not added to the client's own update.")
  }
}

private struct ALIEOptions: LuaOptions {
  var z: ScheduleArgument?

  static let fields = Fields<ALIEOptions> { field in
    field.option("z", \.z, "Standard deviations to go; without it, as many as the formula of the paper allows.")
  }
}

let updateAttackBindings = BindingModule(
  "fed.attacks.updates",
  "Attacks on what clients send. Strengths are numbers or functions of the round, such as fed.schedules give.",
  classes: [attackClass, attackContextClass]
) { module in
  module.function(
    "sign_flip", "Sends the client's own update, reversed and stretched.", Parameter("options", "How strong."),
    returns: "The attack.", source: "Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5",
    example: Example(
      "print(fed.attacks.updates.sign_flip { scale = 10 } { {1, -3} })", prints: "Tensor [1, 2] float32\n  -10   30")
  ) { (options: SignFlipOptions) in LuaAttack(Attack(SignFlip(scale: options.scale.schedule))) }
  module.function(
    "scale", "Sends the client's own update, stretched, so that it outweighs the others.",
    Parameter("options", "How strong."), returns: "The attack.",
    source: "Bagdasaryan et al., AISTATS 2020, https://arxiv.org/abs/1807.00459, section 4",
    example: Example(
      """
      local attack = fed.attacks.updates.scale { factor = function(round) return round > 2 and 10 or nil end }
      print(attack({ {1, -3} }, nil, { round = 2 }), attack({ {1, -3} }, nil, { round = 3 })[1][2])
      """, prints: "nil\t-30.0")
  ) { (options: ScaleOptions) in LuaAttack(Attack(Scale(factor: (options.factor ?? ScheduleArgument(1)).schedule))) }
  module.function(
    "gaussian_noise", "Adds normal noise to the client's own update, drawn anew for each client and round.",
    Parameter("options", "How strong."), returns: "The attack.",
    source: "Li et al., AAAI 2019, https://arxiv.org/abs/1811.03761, section 5",
    example: Example(
      """
      local sent = fed.attacks.updates.gaussian_noise { sigma = 0.5 }(fed.zeros(1, 1000), nil, { seed = 3 })
      print(math.abs(sent:square():mean():sqrt():item() - 0.5) < 0.05)
      """, prints: "true")
  ) { (options: NoiseOptions) in
    LuaAttack(
      Attack(
        GaussianNoise(
          deviation: (options.sigma ?? ScheduleArgument(0)).schedule, unit: options.unit,
          replacesUpdate: options.replace)))
  }
  module.function(
    "alie", "Sends the honest mean plus a few standard deviations: far enough to do harm, near enough to pass.",
    Parameter("options", "How far."), returns: "The attack.",
    source: "Baruch et al., NeurIPS 2019, https://arxiv.org/abs/1902.06156, algorithm 3",
    example: Example(
      "print(fed.attacks.updates.alie { z = 1.5 }({ {0, 0} }, { {1, 2}, {4, 5}, {7, 8} }))",
      prints: "Tensor [2] float32\n  8.5000  9.5000")
  ) { (options: ALIEOptions) in LuaAttack(Attack(ALIE(deviations: options.z?.schedule))) }
}
