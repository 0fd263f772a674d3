import Autograd
import Configuration
import NN
import Tensors
import Testing
import Tuners

@Suite("P-tuning")
struct PTuningTests {
    private static let forms = ["MLP", "LSTM"]

    private func method(_ form: String, _ more: String = "") throws -> any Tuner {
        try tuner(
            "{peft_type: P_TUNING, num_virtual_tokens: 5, encoder_hidden_size: 12, encoder_reparameterization_type: \(form)\(more)}"
        )
    }

    @Test("has PEFT's parameters, and writes what PEFT saved", arguments: forms)
    func export(form: String) throws {
        let saved = try SavedAdapter("p-tuning-\(form.lowercased())")
        let method = try method(form)
        let tuned = try PromptedModel([method])
        #expect(Set(tuned.graph.trained.map(\.path)) == Set(saved.parameters.keys))
        for parameter in tuned.graph.trained {
            let value = try #require(saved.parameters[parameter.path])
            #expect(parameter.shape == value.shape, "\(parameter.path)")
            parameter.variable.value = value
        }
        try saved.expectEqual(try #require(method.exported(from: tuned.graph)))
    }

    @Test("what PEFT saved is read as a prompt that computes the same", arguments: forms)
    func read(form: String) throws {
        let saved = try SavedAdapter("p-tuning-\(form.lowercased())")
        let trained = try PromptedModel([try method(form)], values: saved.parameters)
        var settings = PTuning.Settings()
        settings.virtualTokenCount = 5
        let adapter = try PTuning.imported(settings, saved.tensors)
        #expect(adapter.tuner is PromptTuning)
        let read = try PromptedModel([adapter.tuner], values: adapter.values)
        #expect(isClose(read.outputs(), trained.outputs(), 1e-5))
    }

    @Test("starts as PyTorch's embeddings, maps and memories start")
    func starts() throws {
        let tuned = try PromptedModel([
            try tuner(
                "{peft_type: P_TUNING, num_virtual_tokens: 60, encoder_reparameterization_type: LSTM, encoder_hidden_size: 16}"
            )
        ])
        for parameter in tuned.graph.trained where parameter.owner == .tuner {
            let values = parameter.variable.value.array.map(Double.init)
            let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            if parameter.path.hasSuffix("embedding.weight") {
                #expect(abs(variance - 1) < 0.2)
                continue
            }
            // Of a memory the bound is of its cells, of a map of its inputs, here twice as many.
            let bound = 1 / (parameter.path.contains("lstm_head") ? 16.0 : 32.0).squareRoot()
            #expect(values.allSatisfy { abs($0) <= bound }, "\(parameter.path)")
            #expect(abs(variance / (bound * bound / 3) - 1) < 0.6, "\(parameter.path)")
        }
    }

    @Test("its gradients are slopes of the loss", arguments: forms)
    func gradients(form: String) throws {
        let saved = try SavedAdapter("p-tuning-\(form.lowercased())")
        let tuned = try PromptedModel([try method(form)], values: saved.parameters)
        func loss() -> Variable { tuned.model.loss(PromptedModel.batch, mode: .training(seed: 1, step: 0)) }
        loss().backward()
        for parameter in tuned.graph.trained where parameter.owner == .tuner {
            let gradient = try #require(parameter.variable.gradient, "\(parameter.path)").array
            // Along the gradient itself the slope is its norm.
            let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let value = parameter.variable.value
            func moved(_ by: Double) -> Double {
                let step = gradient.map { Float(by / norm) * $0 }
                parameter.variable.value = Tensor(value.shape, zip(value.array, step).map { $0 + $1 })
                defer { parameter.variable.value = value }
                return Double(loss().value[0, 0])
            }
            let slope = (moved(4e-3) - moved(-4e-3)) / 8e-3
            #expect(abs(slope - norm) < 0.02 * norm + 2e-4, "\(parameter.path): \(slope), gradient \(norm)")
        }
    }

    @Test("drops between the layers of a memory, in training only")
    func dropout() throws {
        let tuned = try PromptedModel([try method("LSTM", ", encoder_dropout: 0.5")])
        func prompt(_ mode: ForwardPass.Mode) throws -> Tensor {
            try #require(ForwardPass(tuned.graph, mode: mode).prompt).value
        }
        let (first, again) = (try prompt(.training(seed: 1, step: 0)), try prompt(.training(seed: 1, step: 0)))
        #expect(first == again)
        #expect(try prompt(.training(seed: 1, step: 1)) != first)
        #expect(try prompt(.evaluation) != first)
        #expect(try prompt(.evaluation) == prompt(.evaluation))
    }

    @Test("stands where a template places its tokens")
    func template() throws {
        let tuned = try PromptedModel([try method("LSTM")], task: "TOKEN_CLS")
        func outputs(_ ids: [Int32]) -> Tensor {
            tuned.outputs(Batch([Feature(inputIDs: ids, tokenTypeIDs: ids.map { _ in 0 })]))
        }
        let front = outputs([-1, -2, -3, -4, -5, 2, 7, 3])
        #expect(isClose(outputs([2, 7, 3]), front, 1e-6))
        let inside = outputs([2, -1, -2, 7, -3, -4, -5, 3])
        #expect(inside.shape == [3, 3] && !isClose(inside, front, 1e-3))
    }

    @Test(
        "settings of a memory are refused for an MLP, and dropout between layers for a single one",
        arguments: [
            ("MLP", ", encoder_num_layers: 3", ["encoder_num_layers"]),
            ("MLP", ", encoder_dropout: 0.1", ["encoder_dropout"]),
            ("LSTM", ", encoder_num_layers: 1, encoder_dropout: 0.1", ["encoder_dropout"]),
            ("LSTM", ", encoder_num_layers: 3, encoder_dropout: 0.1", []), ("MLP", "", []),
        ])
    func contradictions(form: String, more: String, keys: [String]) throws {
        #expect(try method(form, more).contradictions.map(\.key) == keys)
    }

    @Test(
        "settings out of range are refused",
        arguments: [", encoder_num_layers: 0", ", encoder_dropout: 1", ", encoder_hidden_sizes: 3"])
    func ranges(more: String) {
        #expect(throws: Diagnostics.self) { try method("LSTM", more) }
        #expect(throws: Diagnostics.self) { try method("GRU") }
    }

    @Test(
        "announced products are those that are done",
        arguments: [
            ("MLP", ""), ("LSTM", ""), ("LSTM", ", encoder_num_layers: 1"),
            ("LSTM", ", encoder_num_layers: 3, encoder_dropout: 0.2"),
        ])
    func products(form: String, more: String) throws {
        let tuned = try PromptedModel([try method(form, more)])
        #expect(tuned.doesWhatIsAnnounced(isTraining: false))
        #expect(tuned.doesWhatIsAnnounced(isTraining: true))
    }

    @Test("a single virtual token goes through a memory")
    func single() throws {
        let tuned = try PromptedModel([
            try tuner("{peft_type: P_TUNING, num_virtual_tokens: 1, encoder_reparameterization_type: LSTM}")
        ])
        #expect(tuned.doesWhatIsAnnounced(isTraining: true))
        for parameter in tuned.graph.trained { #expect(parameter.variable.gradient != nil, "\(parameter.path)") }
    }
}
