import CProcessor
@_exported import KernelTypes
import KernelsBase

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The float32 kernels, in the build for the best instruction set of this processor.
///
/// Kernels work on unsafe pointers, channels last, on the calling thread, and allocate nothing. They trust their
/// caller: shapes are checked above. `v3` and `v4` agree bit for bit; `base` rounds each product and differs.
public enum Kernels {
  /// Instruction set in use: the best one, or the one that `FEDLUA_ISA` (`base`, `v3`, `v4`) names.
  public static let isa: InstructionSet = {
    guard let text = getenv("FEDLUA_ISA"), let forced = InstructionSet(rawValue: String(cString: text)),
      forced.isSupported
    else { return .best }
    return forced
  }()

  static let table = Kernels.table(isa)

  public static var elementwise: any ElementwiseKernels.Type { table.elementwise }
  public static var reduction: any ReductionKernels.Type { table.reduction }
  public static var matrix: any MatrixKernels.Type { table.matrix }
  public static var convolution: any ConvolutionKernels.Type { table.convolution }
  public static var pooling: any PoolingKernels.Type { table.pooling }
  public static var normalization: any NormalizationKernels.Type { table.normalization }
  public static var softmax: any SoftmaxKernels.Type { table.softmax }
  public static var optimizer: any OptimizerKernels.Type { table.optimizer }
  public static var aggregation: any AggregationKernels.Type { table.aggregation }
  public static var fused: any FusedKernels.Type { table.fused }

  /// Returns the kernels of an instruction set, which this processor must support.
  public static func table(_ isa: InstructionSet) -> KernelTable {
    precondition(isa.isSupported, "instruction set not supported by this processor")
    #if arch(x86_64)
      switch isa {
      case .v4: return KernelsV4.kernelTable
      case .v3: return KernelsV3.kernelTable
      case .base: return KernelsBase.kernelTable
      }
    #else
      return KernelsBase.kernelTable
    #endif
  }
}
