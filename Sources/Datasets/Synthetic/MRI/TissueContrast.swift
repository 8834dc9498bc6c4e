/// How bright each tissue is under one weighting of the sequence, from 0 to about 1.
struct TissueContrast: Sendable, Equatable {
  var air: Float
  var skin: Float
  var fat: Float
  /// Compact bone, which gives almost no signal.
  var bone: Float
  /// Marrow between the two tables of the skull.
  var marrow: Float
  var fluid: Float
  var grey: Float
  var white: Float
  var vessel: Float
  /// Solid part of a glioma or a metastasis.
  var tumor: Float
  /// Rim of a lesion with a dead core.
  var rim: Float
  /// Dead core.
  var necrosis: Float
  var meningioma: Float
  /// Water around a lesion; also the small old scars of white matter.
  var edema: Float
}

/// The weighting of a sequence: what it makes bright and what dark.
public enum MRIWeighting: String, Sendable, CaseIterable {
  /// White matter above grey, fluid dark.
  case t1
  /// The same after a contrast agent, which vessels and many lesions take up.
  case t1Contrast = "t1_contrast"
  /// Fluid brightest, grey matter above white.
  case t2
  /// As T2, with the signal of free fluid removed: swelling stands out.
  case flair

  var contrast: TissueContrast {
    switch self {
    case .t1:
      TissueContrast(
        air: 0.02, skin: 0.34, fat: 0.88, bone: 0.05, marrow: 0.52, fluid: 0.13, grey: 0.46, white: 0.65, vessel: 0.20,
        tumor: 0.25, rim: 0.40, necrosis: 0.15, meningioma: 0.29, edema: 0.36)
    case .t1Contrast:
      TissueContrast(
        air: 0.02, skin: 0.40, fat: 0.84, bone: 0.05, marrow: 0.54, fluid: 0.13, grey: 0.44, white: 0.60, vessel: 0.86,
        tumor: 0.84, rim: 0.94, necrosis: 0.18, meningioma: 0.92, edema: 0.38)
    case .t2:
      TissueContrast(
        air: 0.02, skin: 0.30, fat: 0.56, bone: 0.05, marrow: 0.38, fluid: 0.94, grey: 0.52, white: 0.38, vessel: 0.10,
        tumor: 0.80, rim: 0.70, necrosis: 0.94, meningioma: 0.80, edema: 0.80)
    case .flair:
      TissueContrast(
        air: 0.02, skin: 0.34, fat: 0.62, bone: 0.05, marrow: 0.38, fluid: 0.10, grey: 0.50, white: 0.41, vessel: 0.14,
        tumor: 0.60, rim: 0.66, necrosis: 0.30, meningioma: 0.58, edema: 0.64)
    }
  }
}
