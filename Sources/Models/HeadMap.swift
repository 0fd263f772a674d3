import NN

/// A linear map of a head, and what of it, and of the normalisation behind it, is trained: what its products cost.
public struct HeadMap {
    /// Operations of one row, forward.
    public let operationsPerRow: Int
    /// Parameters whose training needs the product that gives the weight's gradient.
    private let ownProduct: [Parameter]
    /// Parameters of the map and of the normalisation behind it.
    private let parameters: [Parameter]

    /// A linear map, and the parameters of what follows it.
    public init(_ site: LinearSite, norm: [Parameter] = []) {
        operationsPerRow = site.operationsPerRow
        ownProduct = [site.weight]
        parameters = [site.weight, site.bias].compactMap { $0 } + norm
    }

    /// The map onto a vocabulary, whose loss finds the gradients of weight and bias together.
    public init(vocabulary weight: Parameter, bias: Parameter?) {
        operationsPerRow = 2 * weight.shape.count
        parameters = [weight, bias].compactMap { $0 }
        ownProduct = parameters
    }

    /// Whether it reads all of `parameter`.
    public func reads(_ parameter: Parameter) -> Bool { parameters.contains { $0 === parameter } }

    /// Operations of one row in a training step.
    ///
    /// - Parameter isTrainedBelow: whether something below the map is trained; true afterwards where something of the map is.
    func trainingOperations(_ isTrainedBelow: inout Bool) -> Int {
        var products = 1
        if isTrainedBelow { products += 1 }
        if ownProduct.contains(where: \.isTrained) { products += 1 }
        isTrainedBelow = isTrainedBelow || parameters.contains(where: \.isTrained)
        return products * operationsPerRow
    }
}

extension Head {
    /// Operations of its products for one feature.
    ///
    /// - Parameter isBackboneTrained: whether something below the head is trained; nil when nothing is trained at all.
    public func operations(_ feature: Feature, isBackboneTrained: Bool?) -> Int {
        var perRow = 0
        if var isTrainedBelow = isBackboneTrained {
            for map in maps { perRow += map.trainingOperations(&isTrainedBelow) }
        } else {
            perRow = maps.reduce(0) { $0 + $1.operationsPerRow }
        }
        let rows =
            switch feature.label {
            case .tokens(let labels) where Self.multipliesLabelledRows: labels.count
            default: feature.sequenceLengths.reduce(0) { $0 + reading.count(ofLength: $1) }
            }
        return rows * perRow
    }
}
