import NN
import Tensors

/// A low-rank update of one linear map: `scale · up down`.
struct LowRankUpdate {
    /// The map.
    let site: LinearSite
    /// `[rank, inputs]`
    let down: Tensor
    /// `[outputs, rank]`
    let up: Tensor
    /// What the product is multiplied by.
    let scale: Float

    /// The weight with the update added, in the layout that it is stored in.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`, or as the layout says.
    ///   - sign: -1 to take the update away.
    func added(to weight: Tensor, sign: Float = 1) -> Tensor {
        let scaled = Kernels.scale(up, by: sign * scale)
        return switch site.layout {
        case .outputsFirst: Kernels.product(scaled, down, addingTo: weight)
        case .inputsFirst: Kernels.product(transposed: down, Kernels.transpose(scaled), addingTo: weight)
        }
    }

    /// The length of each output's weights: `[outputs]`.
    static func lengths(of weight: Tensor, _ layout: WeightLayout) -> Tensor {
        let squares =
            layout == .outputsFirst ? Kernels.rowDots(weight, weight) : Kernels.columnSums(weight, times: weight)
        return Tensor(squares.shape, squares.array.map { $0.squareRoot() })
    }

    /// The weight with each output's weights times its factor, `[outputs]`.
    static func scaled(_ weight: consuming Tensor, by factors: Tensor, _ layout: WeightLayout) -> Tensor {
        layout == .outputsFirst
            ? Kernels.scaleRows(weight, by: factors) : Kernels.scaleColumns(weight, by: factors)
    }
}
