import Experiment
import NN
import Tensors
import Testing

/// Layers whose values are dropped after the forward pass and made again in backward.
@Suite("Gradient checkpointing of every method with every head on every backbone")
struct CheckpointingTests {
    @Test(
        "gives the losses and gradients of a training without it, to the bit", arguments: ConformanceCell.all,
        Precision.allCases)
    func bits(cell: ConformanceCell, precision: Precision) throws {
        guard let plain = try cell.model(precision),
            let checkpointed = try cell.model(precision, checkpointsLayers: true),
            !plain.graph.trained.isEmpty
        else { return }
        // Gradients of the second batch are added to those of the first, as in an accumulated step.
        for step in 0..<2 {
            let batch = Batch(cell.features.dropLast(step))
            let losses = [plain, checkpointed].map { $0.loss(batch, mode: .training(seed: 1, step: step)) }
            #expect(losses[0].value == losses[1].value)
            for loss in losses { loss.backward(factor: 0.5) }
        }
        for (one, other) in zip(plain.graph.trained, checkpointed.graph.trained) {
            #expect(one.variable.gradient == other.variable.gradient, "\(one.path)")
        }
    }

    @Test("does the products that are announced", arguments: ConformanceCell.all)
    func products(cell: ConformanceCell) throws {
        guard let model = try cell.model(checkpointsLayers: true), !model.graph.trained.isEmpty else { return }
        let cost = PassCost(model)
        let planned = cell.features.reduce(cost.perPass(isTraining: true)) { $0 + cost.training($1) }
        let done = Kernels.productOperations {
            model.loss(Batch(cell.features), mode: .training(seed: 1, step: 0)).backward()
        }
        #expect(done == planned)
    }
}
