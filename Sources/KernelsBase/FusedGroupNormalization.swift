import KernelTypes

extension Fused {
  static func groupNormWorkspace(_ channels: Int) -> Int { 6 * channels }

  /// An image at a time, so that its second reading finds it in the cache.
  static func groupNormActivation(
    _ x: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?, _ beta: Input?,
    _ epsilon: Float, _ activation: Activation, _ y: Output, _ mean: Output, _ inverseDeviation: Output,
    _ workspace: Output
  ) {
    let image = pixels &* channels
    let (center, scale) = (workspace, workspace + channels)
    for b in 0..<batch {
      // The moments of the channels first; those of a group follow from them.
      addMoments(x + b &* image, pixels, channels, 0, center, scale)
      let (means, inverses) = (mean + b &* groups, inverseDeviation + b &* groups)
      writeGroupMoments(center, scale, pixels, channels, groups, epsilon, means, inverses)
      spreadGroups(means, inverses, channels, groups, gamma, center, scale)
      affineActivation(x + b &* image, center, scale, beta, nil, activation, y + b &* image, pixels, channels)
    }
  }

  static func groupNormActivationGradient(
    _ x: Input, _ gy: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?,
    _ beta: Input?, _ activation: Activation, _ mean: Input, _ inverseDeviation: Input, _ gx: Output,
    _ gGamma: Output, _ gBeta: Output, _ workspace: Output
  ) {
    let image = pixels &* channels
    let (center, scale) = (workspace, workspace + channels)
    let (products, sums) = (workspace + 2 &* channels, workspace + 3 &* channels)
    let (slope, offset) = (workspace + 4 &* channels, workspace + 5 &* channels)
    let vectors = (Input?(center), Input(scale), beta)
    setAll(gGamma, channels, 0)
    setAll(gBeta, channels, 0)
    for b in 0..<batch {
      let (p, g, target) = (x + b &* image, gy + b &* image, gx + b &* image)
      let inverses = inverseDeviation + b &* groups
      spreadGroups(mean + b &* groups, inverses, channels, groups, gamma, center, scale)
      setAll(products, 2 &* channels, 0)
      addAffineGradients(p, g, nil, activation, vectors, target, products, sums, pixels, channels)
      addGroupVectors(products, sums, inverses, channels, groups, gGamma, gBeta)
      writeGroupMixing(products, sums, inverses, pixels, channels, groups, gamma, slope, offset)
      writeAffineGradient(
        p, target, nil, .none, vectors, (Input(slope), Input(offset)), target, pixels, channels)
    }
  }
}

/// Writes mean and inverse deviation of each group from mean and squared distances of its channels.
private func writeGroupMoments(
  _ centers: Input, _ squares: Input, _ pixels: Int, _ channels: Int, _ groups: Int, _ epsilon: Float,
  _ mean: Output, _ inverseDeviation: Output
) {
  let width = channels / groups
  for group in 0..<groups {
    let members = group &* width..<(group &+ 1) &* width
    var sum = 0.0
    for channel in members { sum += Double(centers[channel]) }
    let center = sum / Double(width)
    var total = 0.0
    for channel in members {
      let distance = Double(centers[channel]) - center
      total += Double(squares[channel]) + distance * distance * Double(pixels)
    }
    mean[group] = Float(center)
    inverseDeviation[group] = 1 / (Float(total / Double(pixels &* width)) + epsilon).squareRoot()
  }
}

/// Writes for each channel the mean of its group, and the inverse deviation times gamma.
private func spreadGroups(
  _ mean: Input, _ inverseDeviation: Input, _ channels: Int, _ groups: Int, _ gamma: Input?, _ center: Output,
  _ scale: Output
) {
  let width = channels / groups
  for group in 0..<groups {
    for channel in group &* width..<(group &+ 1) &* width {
      center[channel] = mean[group]
      scale[channel] = inverseDeviation[group] * (gamma?[channel] ?? 1)
    }
  }
}

/// Adds an image's part to the gradients of gamma and beta; the products become those with the normalized input.
private func addGroupVectors(
  _ products: Output, _ sums: Input, _ inverseDeviation: Input, _ channels: Int, _ groups: Int, _ gGamma: Output,
  _ gBeta: Output
) {
  let width = channels / groups
  for channel in 0..<channels {
    products[channel] *= inverseDeviation[channel / width]
    gGamma[channel] += products[channel]
    gBeta[channel] += sums[channel]
  }
}

/// Writes what each channel of a group takes back for the group's moments.
private func writeGroupMixing(
  _ products: Input, _ sums: Input, _ inverseDeviation: Input, _ pixels: Int, _ channels: Int, _ groups: Int,
  _ gamma: Input?, _ slope: Output, _ offset: Output
) {
  let width = channels / groups
  let share = -1 / Double(pixels &* width)
  for group in 0..<groups {
    let members = group &* width..<(group &+ 1) &* width
    let inverse = Double(inverseDeviation[group])
    var (product, sum) = (0.0, 0.0)
    for channel in members {
      let factor = Double(gamma?[channel] ?? 1)
      product += Double(products[channel]) * factor
      sum += Double(sums[channel]) * factor
    }
    for channel in members {
      slope[channel] = Float(product * share * inverse * inverse)
      offset[channel] = Float(sum * share * inverse)
    }
  }
}
