import Autograd
import NN
import Tensors
import Training

/// Three parameters that learn where in a sequence of letters the answer is: an embedding and a linear map.
struct ToyModel: TrainableModel {
    let table: Parameter
    let weight: Parameter
    let bias: Parameter
    let graph: TunerGraph
    var dropoutRate: Float = 0

    init(dropout: Float = 0) throws {
        let store = ParameterStore(nil, prefix: "", seed: 5)
        let scope = store.scope("", owner: .head)
        table = try scope["letters"].parameter("weight", [11, 3], .normal(deviation: 0.5))
        weight = try scope["map"].parameter("weight", [2, 3], .normal(deviation: 0.5))
        bias = try scope["map"].parameter("bias", [2], .zeros)
        graph = TunerGraph(attentions: [], store: store)
        dropoutRate = dropout
    }

    var trainedParameters: [Parameter] { [table, weight, bias] }

    var values: [[Float]] { trainedParameters.map(\.variable.value.array) }

    func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable {
        let mask = ForwardPass(graph, mode: mode).dropout(dropoutRate, at: "letters")
        let hidden = dropout(gather(table.variable, batch.inputIDs), mask)
        let targets = batch.labels.map { label in
            switch label {
            case .span(let start, let end): [start, end]
            default: [0, 0]
            }
        }
        return positionCrossEntropy(
            linear(hidden, weight: weight.variable, bias: bias.variable), offsets: batch.offsets, targets: targets)
    }

    /// `count` sequences of 3 to 9 letters whose answer is where the smallest and the largest letter stand.
    static func features(_ count: Int) -> [Feature] {
        var stream = RandomStream(seed: 9, path: "toy")
        return (0..<count).map { _ in
            let ids = (0..<3 + Int(stream.next() % 7)).map { _ in Int32(stream.next() % 11) }
            let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
            return Feature(
                inputIDs: ids, tokenTypeIDs: ids.map { _ in 0 },
                label: .span(start: order[0], end: order[ids.count - 1]))
        }
    }
}

/// A toy model that tells what it is asked, and can spoil its own loss or gradient.
final class SpiedModel: TrainableModel {
    let toy: ToyModel
    /// For each call, the numbers that dropout would be drawn by.
    var draws: [Int] = []
    var tokens: [Int] = []
    /// Before which call to make the loss, or with a finite loss the gradient, infinite.
    var spoilsLoss: Int?
    var spoilsGradient: Int?

    init() throws { toy = try ToyModel() }

    var trainedParameters: [Parameter] { toy.trainedParameters }

    func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable {
        if case .training(_, let step) = mode { draws.append(step) }
        tokens.append(batch.tokenCount)
        let loss = toy.loss(batch, mode: mode)
        if draws.count - 1 == spoilsLoss { return Variable(Tensor([], [.nan])) }
        guard draws.count - 1 == spoilsGradient else { return loss }
        let slot = loss.slot
        return Variable(loss.value, from: [loss]) { _ in slot.add(Tensor([], [.infinity])) }
    }
}
