import NN
import Tensors
import Testing
import Tuners

@Suite("BitFit")
struct BitFitTests {
    private func trained(_ text: String, _ checkpoint: String = "ModelsTests/Golden/tiny-bert") throws -> [String] {
        try TinyModel(checkpoint, [BitFit(settings(text))]).graph.trained.filter { $0.owner == .backbone }.map(\.path)
    }

    @Test("trains every bias of the backbone and no weight")
    func all() throws {
        let paths = try trained("{}")
        let model = try TinyModel()
        let biases = model.store.parameters.filter { $0.owner == .backbone && $0.path.hasSuffix("bias") }
        #expect(paths == biases.map(\.path) && paths.count > 16)
    }

    @Test("trains the biases of the modules that are named")
    func some() throws {
        #expect(
            try trained("bias_terms: [query, intermediate.dense]")
                == [0, 1].flatMap { layer in
                    ["attention.self.query", "intermediate.dense"].map { "bert.encoder.layer.\(layer).\($0).bias" }
                })
        #expect(
            try trained("bias_terms: [mlp.c_fc]", "ModelsTests/Golden/tiny-gpt2")
                == [0, 1].map { "transformer.h.\($0).mlp.c_fc.bias" })
    }

    @Test("a name that matches nothing is refused with the nearest one")
    func misspelt() {
        #expect {
            try trained("bias_terms: [qeury]")
        } throws: { error in
            (error as? AttachmentError)?.key == "bias_terms" && "\(error)".contains("did you mean 'query'?")
        }
    }

    @Test("merges into the biases themselves")
    func merged() throws {
        let tuner = BitFit(try settings("bias_terms: [query]"))
        let model = try TinyModel([tuner])
        let bias = try model.parameter("bert.encoder.layer.1.attention.self.query.bias")
        bias.variable.value = Kernels.scale(bias.variable.value, by: 3)
        let merged = try #require(tuner.merged(in: model.graph))
        #expect(merged.count == 2 && merged[bias.path] == bias.variable.value)
    }
}
