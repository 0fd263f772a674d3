import Experiment
import Files
import Foundation
import Models
import NN
import Tensors
import Testing
import Training
import Tuners

/// What must hold of every method with every head on every backbone; the cells come from the registries.
@Suite("Every method with every head on every backbone")
struct ConformanceTests {
    @Test("is put together, or refused with a sentence that says why", arguments: ConformanceCell.all)
    func refusals(cell: ConformanceCell) throws {
        guard case .refused(let reason) = try cell.make() else { return }
        #expect(reason.split(separator: " ").count >= 5, "\(reason)")
    }

    @Test(
        "gives finite losses and gradients of all that is trained, and of nothing else", arguments: ConformanceCell.all)
    func gradients(cell: ConformanceCell) throws {
        guard let model = try cell.model() else { return }
        let loss = model.loss(Batch(cell.features), mode: .training(seed: 1, step: 0))
        #expect(loss.value.array[0].isFinite)
        guard !model.graph.trained.isEmpty else {
            // The language model's head is the frozen table of embeddings: without a method there is nothing to learn.
            #expect(cell.tuner == "LINEAR" && ["CAUSAL_LM", "SEQ_2_SEQ_LM"].contains(cell.head))
            return
        }
        loss.backward()
        for parameter in model.graph.parameters {
            let gradient = parameter.variable.gradient
            #expect((gradient != nil) == parameter.isTrained, "\(parameter.path)")
            #expect(gradient?.array.allSatisfy { $0.isFinite } ?? true, "\(parameter.path)")
        }
    }

    @Test("leaves the outputs as they were before training, if the method says so", arguments: ConformanceCell.all)
    func neutral(cell: ConformanceCell) throws {
        guard case .model(let model, let tuner) = try cell.make(), let bare = try cell.model(isBare: true) else {
            return
        }
        let (with, without) = (outputs(model, cell), outputs(bare, cell))
        #expect(with.shape == without.shape)
        if tuner.startsNeutral {
            expectEqual(with, without, 1e-6)
        } else {
            #expect(with != without, "it changes nothing: say so in startsNeutral")
        }
    }

    @Test("moves what is trained in a step, and no bit of what is frozen", arguments: ConformanceCell.all)
    func step(cell: ConformanceCell) throws {
        guard let model = try cell.model(), !model.graph.trained.isEmpty else { return }
        let before = model.graph.parameters.map { $0.variable.value }
        try train(model, cell)
        var moved = 0
        for (parameter, value) in zip(model.graph.parameters, before) {
            if !parameter.isTrained { #expect(parameter.variable.value == value, "\(parameter.path)") }
            if parameter.variable.value != value { moved += 1 }
        }
        #expect(moved > 0)
    }

    @Test("is in bfloat16 near what it is in float32, with the same products", arguments: ConformanceCell.all)
    func bfloat16(cell: ConformanceCell) throws {
        guard let narrow = try cell.model(.bfloat16), let wide = try cell.model(), !wide.graph.trained.isEmpty else {
            return
        }
        var losses: [Float] = []
        let operations = [narrow, wide].map { model in
            Kernels.productOperations {
                let loss = model.loss(Batch(cell.features), mode: .evaluation)
                losses.append(loss.value.array[0])
                loss.backward()
            }
        }
        #expect(operations[0] == operations[1])
        #expect(abs(losses[0] - losses[1]) <= 0.02 * (1 + abs(losses[1])))
        let gradients = [narrow, wide].map { model in
            model.graph.trained.flatMap { $0.variable.gradient?.array ?? [] }.map(Double.init)
        }
        func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let gap = length(zip(gradients[0], gradients[1]).map { $0 - $1 })
        #expect(gap <= 0.1 * length(gradients[1]), "\(gap) of \(length(gradients[1]))")
    }

    @Test("does the products that are announced", arguments: ConformanceCell.all)
    func products(cell: ConformanceCell) throws {
        guard let model = try cell.model(), !model.graph.trained.isEmpty else { return }
        let cost = PassCost(model)
        let planned = cell.features.reduce(cost.perPass(isTraining: true)) { $0 + cost.training($1) }
        let done = Kernels.productOperations {
            model.loss(Batch(cell.features), mode: .training(seed: 1, step: 0)).backward()
        }
        #expect(done == planned)
        let announced = cost.evaluation(cell.features, batchSize: cell.features.count)
        #expect(Kernels.productOperations { _ = outputs(model, cell) } == announced)
    }

    @Test("is the same to the bit when its trained state is written and read", arguments: ConformanceCell.all)
    func state(cell: ConformanceCell) throws {
        guard let model = try cell.model(), let again = try cell.model(), !model.graph.trained.isEmpty else { return }
        try train(model, cell)
        let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
        defer { try? Folder.remove(folder) }
        try AdapterFiles.writeState(of: model.graph, to: folder)
        let file = try SafeTensors("\(folder)/\(AdapterFiles.stateFile)")
        #expect(Set(file.names) == Set(model.graph.trained.map(\.path)))
        #expect(file.names.count == model.graph.trained.count)
        for parameter in again.graph.trained {
            let value = try #require(try file.tensor(parameter.path), "\(parameter.path)")
            #expect(value.shape == parameter.shape)
            parameter.variable.value = value
        }
        #expect(outputs(again, cell) == outputs(model, cell))
    }

    @Test("gives rows of real tokens, and the loss of labels at their positions", arguments: ConformanceCell.all)
    func labels(cell: ConformanceCell) throws {
        guard let model = try cell.model() else { return }
        let batch = Batch(cell.features)
        let outputs = outputs(model, cell)
        let offsets = model.head.outputOffsets(batch)
        #expect(offsets.count == cell.features.count + 1 && offsets.last == outputs.shape.rows)
        if model.head.reading == .everyToken, !type(of: model.head).multipliesLabelledRows {
            #expect(outputs.shape.rows == cell.features.reduce(0) { $0 + $1.inputIDs.count })
        }
        let loss = Double(model.loss(batch, mode: .evaluation).value.array[0])
        let expected = ConformanceLoss.mean(outputs, offsets, cell)
        #expect(abs(loss - expected) <= 1e-5 * (1 + abs(expected)))
    }

    @Test("gives each example what it gives it alone", arguments: ConformanceCell.all)
    func composition(cell: ConformanceCell) throws {
        guard let model = try cell.model() else { return }
        let together = outputs(model, cell)
        let offsets = model.head.outputOffsets(Batch(cell.features))
        for (index, feature) in cell.features.enumerated() {
            let alone = model.outputs(Batch([feature]), mode: .evaluation).value
            expectEqual(alone, together.rows(offsets[index]..<offsets[index + 1]), 1e-5)
        }
    }

    private func outputs(_ model: TunedModel, _ cell: ConformanceCell) -> Tensor {
        model.outputs(Batch(cell.features), mode: .evaluation).value
    }

    /// One step, of what is trained.
    private func train(_ model: TunedModel, _ cell: ConformanceCell) throws {
        model.loss(Batch(cell.features), mode: .training(seed: 1, step: 0)).backward()
        var optimizer = AdamW()
        let settings = AdamW.Settings(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradientNorm: 1)
        _ = try optimizer.step(model.graph.trained, learningRate: 1e-2, settings)
    }

    private func expectEqual(_ actual: Tensor, _ expected: Tensor, _ tolerance: Float) {
        #expect(actual.count == expected.count)
        let worst = zip(actual.array, expected.array).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
        #expect(worst <= tolerance)
    }
}
