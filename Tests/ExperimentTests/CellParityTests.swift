import Configuration
import Experiment
import NN
import Tensors
import Testing
import Training
import YAML

@Suite("Every recorded cell of methods, heads and backbones")
struct CellParityTests {
    @Test("logits, loss, and the gradient of every trained parameter", arguments: Cell.names)
    func gradients(name: String) throws {
        let cell = try Cell(name)
        for (index, logits) in try cell.logits().enumerated() {
            let expected = try #require(try cell.tensors.tensor("logits.\(index)"))
            expectClose(logits.reshaped(expected.shape), expected, 1e-4, "logits \(index)")
        }
        let loss = cell.model.loss(Batch(cell.features), mode: .training(seed: 1, step: 0))
        let expected = try #require(cell.node["loss"]?.number)
        #expect(abs(Double(loss.value[0, 0]) - expected) < 1e-4 * abs(expected))
        loss.backward()
        let trained = cell.model.graph.trained
        let names = try #require(cell.node["parameters"]?.elements).compactMap { $0["name"]?.string }
        #expect(Set(names) == Set(trained.map(\.path)))
        #expect(cell.node["trainable_parameters"]?.integer == trained.reduce(0) { $0 + $1.shape.count })
        let expectations = try trained.map { parameter in
            (parameter, try #require(try cell.tensors.tensor("gradient.\(parameter.path)"), "\(parameter.path)"))
        }
        // A key's bias moves all scores of a query alike: its gradient is rounding error, small beside any other.
        let largest = expectations.flatMap { $0.1.array.map { abs($0) } }.max() ?? 0
        for (parameter, expected) in expectations {
            let gradient = try #require(parameter.variable.gradient, "\(parameter.path)")
            expectClose(
                gradient.reshaped(expected.shape), expected, 1e-3, parameter.path, negligible: 1e-5 * largest)
        }
    }

    @Test("the losses of ten training steps", arguments: Cell.names)
    func tenLosses(name: String) throws {
        let cell = try Cell(name)
        let optimizer = try #require(cell.node["optimizer"])
        var settings = TrainSettings()
        settings.maxSteps = 10
        settings.batchSize = cell.features.count
        settings.learningRate = try #require(optimizer["learning_rate"]?.number)
        settings.weightDecay = try #require(optimizer["weight_decay"]?.number)
        let losses = try Trainer(
            TrainedModel(model: cell.model), features: cell.features, settings: settings, seed: 1
        ).run().losses
        let expected = try #require(cell.node["losses"]?.elements).compactMap(\.number)
        #expect(losses.count == 10)
        for (step, (loss, reference)) in zip(losses, expected).enumerated() {
            #expect(abs(loss - reference) < 1e-4 * abs(reference), "step \(step + 1): \(loss), reference \(reference)")
        }
    }

    @Test("weight decay spares what transformers spares", arguments: Cell.names)
    func decay(name: String) throws {
        let cell = try Cell(name)
        for parameter in try #require(cell.node["parameters"]?.elements) {
            let ours = try #require(cell.model.graph.trained.first { $0.path == parameter["name"]?.string })
            #expect(ours.isExemptFromDecay == (parameter["decay"]?.boolean == false), "\(ours.path)")
        }
    }
}

/// Equal but for a share `tolerance` of each value and of the tensor's largest one, or of `negligible` when that is larger.
func expectClose(
    _ actual: Tensor, _ expected: Tensor, _ tolerance: Float, _ what: String, negligible: Float = 0
) {
    #expect(actual.shape == expected.shape, "\(what)")
    let scale = max(negligible / tolerance, expected.array.map { abs($0) }.max() ?? 0)
    let worst = zip(actual.array, expected.array).map { abs($0 - $1) / (abs($1) + scale) }.max() ?? 0
    #expect(worst < tolerance, "\(what): relative error \(worst)")
}
