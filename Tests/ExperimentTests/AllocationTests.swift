import Experiment
import NN
import Tensors
import Testing
import Training
import YAML

@Suite("AdaLoRA's allocation of ranks in training")
struct AllocationTests {
    static let names = Cell.names.filter { $0.contains("ADALORA") }

    private func settings(_ cell: Cell) throws -> TrainSettings {
        var settings = TrainSettings()
        settings.maxSteps = 10
        settings.batchSize = cell.features.count
        settings.learningRate = try #require(cell.node["optimizer"]?["learning_rate"]?.number)
        settings.weightDecay = try #require(cell.node["optimizer"]?["weight_decay"]?.number)
        return settings
    }

    /// The ranks whose singular values are not zero, by parameter.
    private func kept(_ cell: Cell) -> [String: [Int]] {
        let values = cell.model.graph.trained.filter { $0.path.hasSuffix(".lora_E") }
        return Dictionary(
            uniqueKeysWithValues: values.map { ($0.path, $0.variable.value.array.map { $0 == 0 ? 0 : 1 }) })
    }

    @Test("leaves the ranks that PEFT leaves, step by step", arguments: names)
    func allocations(name: String) throws {
        let cell = try Cell(name)
        let trainer = try Trainer(
            TrainedModel(model: cell.model), features: cell.features, settings: settings(cell), seed: 1)
        for allocation in try #require(cell.node["allocations"]?.elements) {
            let step = try #require(allocation["step"]?.integer)
            _ = try trainer.run { trainer.progress.step == step }
            for (path, kept) in kept(cell) {
                #expect(kept == allocation["kept"]?[path]?.elements?.compactMap(\.integer), "\(path) after \(step)")
            }
        }
    }

    @Test("goes on with the same bits after an interruption", arguments: [1, 3, 4, 7, 8, 9])
    func resumes(after step: Int) throws {
        func make() throws -> (Cell, Trainer) {
            let cell = try Cell("bert-SEQ_CLS-ADALORA")
            return (
                cell,
                try Trainer(TrainedModel(model: cell.model), features: cell.features, settings: settings(cell), seed: 1)
            )
        }
        let (cell, whole) = try make()
        let losses = try whole.run().losses
        let (_, first) = try make()
        _ = try first.run { first.progress.step == step }
        let (other, second) = try make()
        try second.restore(first.snapshot)
        #expect(try second.run().losses == losses)
        #expect(other.model.graph.trained.map(\.variable.value) == cell.model.graph.trained.map(\.variable.value))
        var foreign = first.snapshot
        foreign.observerStates = []
        #expect(throws: TrainingError.self) { try second.restore(foreign) }
    }
}
