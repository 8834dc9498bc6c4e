import Datasets
import LuaRuntime
import Tensors

/// How pictures are put side by side.
private struct GridOptions: LuaOptions {
  var columns: Int?
  var gap = 1

  static let fields = Fields<GridOptions> { field in
    field.option(
      "columns", \.columns, "Pictures in a row; without it, as many as rows.",
      check: .ifGiven(.atLeast(1)))
    field.option("gap", \.gap, "Pixels between two pictures.", check: .within(0...64))
  }
}

extension GridOptions {
  /// Memory of a grid, and of what is computed on the way.
  fileprivate func byteCount(_ images: Tensor) -> Int {
    var bytes = 8
    // A last row that is not full is at most as large as the rest.
    for (axis, size) in images.shape.enumerated() {
      let padded = axis >= 2 ? size + gap : max(1, size)
      let (product, overflow) = bytes.multipliedReportingOverflow(by: axis == 0 ? 2 * padded : padded)
      if overflow { return .max }
      bytes = product
    }
    return bytes
  }
}

extension ModuleBuilder {
  /// Pictures for people to look at.
  mutating func addImageGrids() {
    addGrid()
    addSaving()
  }

  private mutating func addGrid() {
    function(
      "grid", "Puts pictures side by side into one.", .caller,
      Parameter<Tensor>("images", "Pictures, float32 [n, c, h, w]."), Parameter("options", "Columns and gap."),
      returns: "One picture [c, H, W].",
      example: Example(
        "print(table.concat(fed.images.grid(fed.zeros(5, 1, 8, 8), { columns = 3 }).shape, ' '))", prints: "1 17 26")
    ) { (caller: LuaCaller, images: Tensor, options: GridOptions) in
      try caller.willAllocate(options.byteCount(images))
      return try PictureTensors.grid(images, columns: options.columns, gap: options.gap)
    }
    function(
      "outline", "Draws the border of a region in red.", .caller,
      Parameter<Tensor>("images", "Pictures, float32 [n, c, h, w], grey or color."),
      Parameter<Tensor>("masks", "Not 0 inside the region, [n, 1, h, w], as from set:masks()."),
      returns: "Color pictures [n, 3, h, w].",
      example: Example(
        "local set = fed.data.synthetic_mri { count = 4, size = 64 }\n"
          + "print(fed.images.outline(set:batch(), set:masks()).shape[2])", prints: "3")
    ) { (caller: LuaCaller, images: Tensor, masks: Tensor) in
      try caller.willAllocate(4 * images.byteCount)
      return try PictureTensors.outline(images, masks: masks)
    }
  }

  private mutating func addSaving() {
    function(
      "save", "Writes a picture as PNG, several as a grid; the file is wholly there or not at all.", .caller,
      Parameter<Tensor>("images", "Pixels from 0 to 1, float32 [c, h, w] or [n, c, h, w], with 1 or 3 channels."),
      Parameter("path", "The file."), Parameter("options", "Columns and gap of a grid."),
      returns: "true.", errors: ["The file cannot be written; pcall catches it."],
      example: Example(
        "local path = os.tmpname()\nprint(fed.images.save(fed.full({ 1, 2, 3 }, 0.2), path))\n"
          + "print(fed.images.decode(path))\nos.remove(path)",
        prints: "true\nTensor [1, 2, 3] float32\n[1, _, _]\n  0.2000  0.2000  0.2000\n  0.2000  0.2000  0.2000")
    ) { (caller: LuaCaller, images: Tensor, path: String, options: GridOptions) in
      try caller.willAllocate(options.byteCount(images))
      let picture =
        images.rank == 4 ? try PictureTensors.grid(images, columns: options.columns, gap: options.gap) : images
      try PictureTensors.save(picture, to: path)
      return true
    }
  }
}
