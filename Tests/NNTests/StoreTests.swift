import Autograd
import NN
import Tensors
import Testing

@Suite("Parameters, batches and passes")
struct StoreTests {
    @Test("a parameter's start is a function of seed and name")
    func initialization() throws {
        func value(seed: UInt64, _ name: String) throws -> Tensor {
            try ParameterStore(nil, prefix: "", seed: seed).scope("a", owner: .tuner)
                .parameter(name, [4, 3], .linear(inputs: 3)).variable.value
        }
        #expect(try value(seed: 1, "w") == value(seed: 1, "w"))
        #expect(try value(seed: 1, "w") != value(seed: 2, "w"))
        #expect(try value(seed: 1, "w") != value(seed: 1, "v"))
        #expect(try value(seed: 1, "w").array.allSatisfy { abs($0) <= 1 / Float(3).squareRoot() })
    }

    @Test("heads and methods are trained, a backbone is not until a method says so")
    func training() throws {
        let store = ParameterStore(nil, prefix: "", seed: 1)
        let body = try store.scope("body", owner: .backbone).parameter("w", [2], .ones)
        let head = try store.scope("head", owner: .head).parameter("w", [2], .ones)
        let graph = TunerGraph(attentions: [], store: store)
        #expect(graph.trained.map(\.path) == ["head.w"])
        graph.train { _ in true }
        #expect(body.variable.requiresGradient && head.variable.requiresGradient)
    }

    @Test("a batch holds real tokens only, and knows where each sequence begins")
    func batch() {
        let batch = Batch([
            Feature(inputIDs: [1, 2, 3], tokenTypeIDs: [0, 0, 1]), Feature(inputIDs: [4], tokenTypeIDs: [0]),
        ])
        #expect(batch.inputIDs == [1, 2, 3, 4])
        #expect(batch.offsets == [0, 3, 4])
        #expect(batch.positions(from: 5) == [5, 6, 7, 5])
        #expect(Reading.firstToken.rows(of: batch)?.rows == [0, 3])
    }

    @Test("a prefix is made once per pass, however many layers ask")
    func prefixOnce() throws {
        let site = AttentionSite(path: "a", hidden: 2, heads: 1)
        let store = ParameterStore(nil, prefix: "", seed: 1)
        var graph = TunerGraph(attentions: [site, site], store: store)
        var calls = 0
        try graph.attachPrefix(length: 1, dropout: 0, products: AddedProducts()) { _ in
            calls += 1
            let variable = Variable(Tensor([1, 2], [1, 2]))
            return [KeyValuePrefix(key: variable, value: variable), KeyValuePrefix(key: variable, value: variable)]
        }
        let pass = ForwardPass(graph, mode: .evaluation)
        _ = (pass.prefix(at: 0), pass.prefix(at: 1))
        #expect(calls == 1)
        #expect(pass.prefixLength == 1)
        #expect(pass.dropout(0.5, at: "a") == nil)
    }
}
