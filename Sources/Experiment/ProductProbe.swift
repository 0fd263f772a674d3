import Files
import Foundation
import Results
import Tensors

/// How fast this machine multiplies float32 matrices: what times are estimated from.
public struct ProductProbe: Hashable, Sendable {
    /// Floating-point operations per second of large products, on the threads in use.
    public let operationsPerSecond: Double

    /// The rate that was measured before on this machine and is kept in the cache, or a fresh measurement that is kept.
    public init(_ workspace: Workspace) {
        let machine = Machine.current()
        let key = SHA256.digest(
            of: "product 1|\(machine.processor ?? "")|\(machine.cores ?? 0)|\(Parallel.threadCount)")
        if let entry = workspace.cache?.entry("probe", key),
            let rate = Double(String(decoding: entry.data, as: UTF8.self)),
            rate > 0
        {
            operationsPerSecond = rate
            return
        }
        operationsPerSecond = Self.measure()
        workspace.cache?.store(Data("\(operationsPerSecond)".utf8), "probe", key)
    }

    /// The best of several runs of about 30 ms each: other programs can only slow a run down.
    public static func measure() -> Double {
        let (rows, inputs, outputs) = (1536, 512, 1024)
        let x = Tensor([rows, inputs], repeating: 0.5)
        let weight = Tensor([outputs, inputs], repeating: 0.25)
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<10 {
            let time = clock.measure { _ = Kernels.product(x, transposed: weight) }
            best = min(best, time / .seconds(1))
        }
        return Double(2 * rows * inputs * outputs) / best
    }
}
