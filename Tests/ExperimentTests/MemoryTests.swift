import Autograd
import Experiment
import NN
import Tensors
import Testing
import Training

/// What trainings hold in memory, found by going through them without computing.
@Suite("The memory of every method with every head on every backbone")
struct MemoryTests {
    /// Goes through steps of the same batch, and tells the bytes after each.
    private func steps(_ count: Int, _ cell: ConformanceCell, checkpointsLayers: Bool = false) throws -> [Int]? {
        let rehearsal = Rehearsal()
        return try rehearsal.run {
            guard let model = try cell.model(checkpointsLayers: checkpointsLayers), !model.graph.trained.isEmpty else {
                return nil
            }
            let settings = AdamW.Settings(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1)
            // Long enough for blocks of the heap of large tensors.
            let features = (0..<24).flatMap { _ in cell.features }
            var optimizer = AdamW()
            return try (0..<count).map { step in
                model.loss(Batch(features), mode: .training(seed: 1, step: step)).backward()
                _ = try optimizer.step(model.graph.trained, learningRate: 1e-3, settings)
                return rehearsal.heapBytes + rehearsal.otherBytes
            }
        }
    }

    @Test("does not grow after the second step of the same batch", arguments: ConformanceCell.all)
    func steady(cell: ConformanceCell) throws {
        guard let bytes = try steps(6, cell) else { return }
        #expect(bytes[1] > 0 && Set(bytes.dropFirst()).count == 1, "\(bytes)")
    }

    @Test(
        "can be gone through with layers made again in backward, and comes to no more", arguments: ConformanceCell.all)
    func checkpointed(cell: ConformanceCell) throws {
        guard let plain = try steps(2, cell), let checkpointed = try steps(2, cell, checkpointsLayers: true) else {
            return
        }
        #expect(Double(checkpointed[1]) <= 1.2 * Double(plain[1]), "\(plain) \(checkpointed)")
    }
}
