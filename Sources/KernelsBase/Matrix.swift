import KernelTypes

enum Matrix: MatrixKernels {
  static func gemmWorkspace(_ m: Int, _ n: Int, _ k: Int) -> Int { n * k }

  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: Input, _ aRowStride: Int, _ aColumnStride: Int, _ b: Input,
    _ bRowStride: Int, _ bColumnStride: Int, _ c: Output, _ cRowStride: Int, _ accumulate: Bool, _ workspace: Output
  ) {
    for p in 0..<k { for j in 0..<n { workspace[p &* n &+ j] = b[p &* bRowStride &+ j &* bColumnStride] } }
    for i in 0..<m {
      let row = c + i &* cRowStride
      if !accumulate { setAll(row, n, 0) }
      for p in 0..<k {
        Elementwise.axpy(a[i &* aRowStride &+ p &* aColumnStride], workspace + p &* n, row, n)
      }
    }
  }

  static func transpose(_ x: Input, _ rows: Int, _ columns: Int, _ y: Output) {
    for i in 0..<rows { for j in 0..<columns { y[j &* rows &+ i] = x[i &* columns &+ j] } }
  }
}
