import Autograd
import Experiment
import Models
import NN
import Tensors
import Testing

/// The part of a model below all that is trained, of every method with every head on every backbone.
@Suite("The frozen part")
struct FrozenPartTests {
    /// Methods as they are, and in the second of two layers.
    enum Extent: CaseIterable { case whole, upper }

    @Test("ends where the first gradient begins", arguments: ConformanceCell.all, Extent.allCases)
    func extent(cell: ConformanceCell, extent: Extent) throws {
        guard let model = try cell.model(isUpper: extent == .upper), !model.graph.trained.isEmpty else { return }
        let part = model.frozenPart
        #expect((part.depth == nil) == (part.refusal != nil))
        guard model.backbone.kind != .encoderDecoder, part.hasEmbeddings else {
            #expect(part.depth == nil)
            return
        }
        func requiresGradient(below end: Int?) -> Bool {
            let pass = ForwardPass(model.graph, mode: .evaluation, end: end)
            let hidden = model.backbone.hiddenStates(Batch(cell.features), reading: model.head.reading, pass)
            return hidden.requiresGradient
        }
        #expect(!requiresGradient(below: part.layer < part.layerCount ? part.layer : nil))
        if part.layer < part.layerCount {
            let next = part.layer + 1
            #expect(requiresGradient(below: next < part.layerCount ? next : nil))
        }
        #expect((part.depth == nil) == (part.layer == 0))
    }

    @Test("is there for every method that can be kept out of the lower layers")
    func methods() throws {
        let cells = ConformanceCell.all.filter { $0.head == "SEQ_CLS" && $0.kind == .classes }
        let found = try cells.filter { try $0.model(isUpper: true)?.frozenPart.depth != nil }
        #expect(
            Set(found.map(\.tuner)) == ["LORA", "ADALORA", "IA3", "BOTTLENECK", "ADAPTION_PROMPT", "BITFIT", "LINEAR"])
        #expect(Set(found.map(\.backbone)) == Set(cells.map(\.backbone)).subtracting(["t5", "mt5"]))
    }

    @Test(
        "computed beforehand leaves outputs, losses and gradients the same to the bit", arguments: ConformanceCell.all,
        Extent.allCases)
    func sameBits(cell: ConformanceCell, extent: Extent) throws {
        func make() throws -> TunedModel? { try cell.model(isUpper: extent == .upper, dropsFrozenPart: false) }
        guard let model = try make(), let other = try make(), !model.graph.trained.isEmpty,
            let depth = model.frozenPart.depth
        else { return }
        let batch = Batch(cell.features)
        var brought = batch
        brought.frozen = FrozenStates(depth, other.frozenStates(of: batch, to: depth))
        #expect(other.outputs(brought, mode: .evaluation).value == model.outputs(batch, mode: .evaluation).value)
        let mode = ForwardPass.Mode.training(seed: 4, step: 3)
        let (loss, same) = (model.loss(batch, mode: mode), other.loss(brought, mode: mode))
        #expect(loss.value == same.value)
        loss.backward()
        same.backward()
        for (one, two) in zip(model.graph.trained, other.graph.trained) {
            #expect(one.variable.gradient == two.variable.gradient, "\(one.path)")
        }
    }

    @Test(
        "has its share of the products that are announced", arguments: ConformanceCell.all, Extent.allCases)
    func products(cell: ConformanceCell, extent: Extent) throws {
        guard let model = try cell.model(isUpper: extent == .upper, dropsFrozenPart: false),
            !model.graph.trained.isEmpty, let depth = model.frozenPart.depth
        else { return }
        let batch = Batch(cell.features)
        var brought = batch
        let cost = PassCost(model, training: depth, evaluation: depth)
        let below = Kernels.productOperations {
            brought.frozen = FrozenStates(depth, model.frozenStates(of: batch, to: depth))
        }
        #expect(below == cost.frozen(cell.features))
        let planned = cell.features.reduce(cost.perPass(isTraining: true)) { $0 + cost.training($1) }
        #expect(
            Kernels.productOperations { model.loss(brought, mode: .training(seed: 1, step: 0)).backward() } == planned)
        let announced = cost.evaluation(cell.features, batchSize: cell.features.count)
        #expect(Kernels.productOperations { _ = model.outputs(brought, mode: .evaluation) } == announced)
        #expect(below > 0)
    }

    @Test(
        "drops nothing where that is asked for, and what lies above drops what it did",
        arguments: ["bert", "gpt2", "llama"])
    func dropout(backbone: String) throws {
        let cell = ConformanceCell(tuner: "LORA", head: "SEQ_CLS", kind: .classes, backbone: backbone)
        let batch = Batch(cell.features)
        func loss(_ drops: Bool, _ step: Int) throws -> Tensor {
            let model = try #require(try cell.model(isUpper: true, dropsFrozenPart: drops))
            return model.loss(batch, mode: .training(seed: 1, step: step)).value
        }
        #expect(try loss(false, 1) != loss(true, 1))
        // The upper layer has dropout still.
        #expect(try loss(false, 1) != loss(false, 2))
        // Of a linear probe only the head's is left.
        let probe = ConformanceCell(tuner: "LINEAR", head: "QUESTION_ANS", kind: .classes, backbone: backbone)
        let model = try #require(try probe.model(dropsFrozenPart: false))
        let features = Batch(probe.features)
        #expect(
            model.loss(features, mode: .training(seed: 1, step: 1)).value
                == model.loss(features, mode: .evaluation).value)
    }
}
