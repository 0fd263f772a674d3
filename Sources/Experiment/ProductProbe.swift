import Files
import Foundation
import NN
import Results
import Tensors

/// How fast this machine multiplies matrices in one precision: what times are estimated from.
public struct ProductProbe: Hashable, Sendable {
    /// Floating-point operations per second of large products on the threads in use: the best that was seen here.
    public let operationsPerSecond: Double

    /// The rate that was measured before on this machine and is kept in the cache, or a fresh measurement that is kept.
    ///
    /// - Parameters:
    ///   - precision: of the products with frozen weights.
    ///   - isRenewed: look again, shortly, and keep the better rate: the first look may have come at a busy time.
    public init(_ workspace: Workspace, _ precision: Precision, isRenewed: Bool = false) {
        let machine = Machine.current()
        let threads = Parallel.threadCount
        let key = SHA256.digest(
            of:
                "product 3|\(precision)|\(machine.processor ?? "")|\(machine.cores ?? 0)|\(threads)|\(Kernels.openBLASDescription)|"
                + Kernels.oneDNNDescription)
        let kept = workspace.cache?.entry("probe", key).flatMap { Double(String(decoding: $0.data, as: UTF8.self)) }
        if let kept, kept > 0, !isRenewed {
            operationsPerSecond = kept
            return
        }
        operationsPerSecond = max(kept ?? 0, Self.measure(precision, rounds: kept == nil ? 10 : 3))
        if operationsPerSecond != kept { workspace.cache?.store(Data("\(operationsPerSecond)".utf8), "probe", key) }
    }

    /// The best of several runs of about 10 ms each: other programs can only slow a run down.
    public static func measure(_ precision: Precision = .float32, rounds: Int = 10) -> Double {
        let (rows, inputs, outputs) = (1536, 512, 1024)
        let x = Tensor([rows, inputs], repeating: 0.5)
        let weight = Tensor([outputs, inputs], repeating: 0.25)
        let clock = ContinuousClock()
        let packed = PackedMatrix(weight)
        let halves = StoredTensor.bfloat16(BFloat16Tensor(x))
        func multiply() {
            switch precision {
            case .float32: _ = Kernels.product(x, transposed: weight)
            case .bfloat16: _ = Kernels.linear(halves, packed, bias: nil, activation: .identity, keepsInput: false)
            }
        }
        multiply()
        var best = Double.infinity
        for _ in 0..<rounds {
            let time = clock.measure(multiply)
            best = min(best, time / .seconds(1))
        }
        return Double(2 * rows * inputs * outputs) / best
    }
}
