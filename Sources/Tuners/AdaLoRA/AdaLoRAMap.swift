import Autograd
import NN
import Tensors

/// One linear map with its update.
struct AdaLoRAMap {
    /// The parameters of one update, a triplet for each rank.
    struct Triplets {
        /// The map's name.
        let path: String
        /// `[rank, inputs]`
        let down: Parameter
        /// `[outputs, rank]`
        let up: Parameter
        /// `[rank, 1]`
        let values: Parameter
    }

    /// The rank that it starts with.
    let rank: Int
    /// Its parameters.
    let triplets: Triplets
    private let site: LinearSite
    private let scale: Float
    private let rate: Float
    private let isPenalized: Bool

    /// Declares the parameters of the update at `site`.
    init(_ site: LinearSite, rank: Int, _ settings: AdaLoRA.Settings, in graph: TunerGraph) throws {
        (self.site, self.rank) = (site, rank)
        scale = AdaLoRA(settings).scale
        rate = Float(settings.dropout)
        isPenalized = settings.orthogonalityWeight > 0
        let scope = graph.scope(site.path)
        let start = Initialization.normal(deviation: settings.startsNeutral ? 0.02 : 1)
        triplets = Triplets(
            path: site.path, down: try scope.parameter("lora_A", [rank, site.inputs], start),
            up: try scope.parameter("lora_B", [site.outputs, rank], start),
            values: try scope.parameter(
                "lora_E", [rank, 1], settings.startsNeutral ? .zeros : .normal(deviation: 1)))
    }

    /// The map and the update.
    ///
    /// - Parameter x: `[rows, inputs]`
    /// - Returns: `[rows, outputs]`
    func callAsFunction(_ x: Variable, _ base: (Variable) -> Variable, _ pass: ForwardPass) -> Variable {
        lowRank(
            x, down: scaleRows(triplets.down.variable, by: triplets.values.variable), up: triplets.up.variable,
            scale: scale, dropout: pass.dropout(rate, at: site.path + ".lora"), addedTo: base(x))
    }

    /// How far the update's vectors are from orthonormal ones: a single number.
    var orthogonality: Variable {
        Autograd.orthogonality(triplets.down.variable, of: .rows)
            + Autograd.orthogonality(triplets.up.variable, of: .columns)
    }

    /// What it costs.
    var products: AddedProducts {
        let (narrow, wide) = (2 * rank * site.inputs, 2 * rank * site.outputs)
        // The penalty is a term of the training loss alone: a product forward and one backward for each matrix.
        let penalty = isPenalized ? 2 * rank * (narrow + wide) : 0
        return AddedProducts(
            perRow: .init(forward: narrow + wide, backward: narrow + 2 * wide, inputGradient: narrow),
            perPass: .init(backward: penalty))
    }
}
