import Foundation
import Tensors

/// Compares an operator's gradients with central differences.
///
/// The operator's output is weighted element by element with fixed random numbers, so that every element counts
/// differently, and summed; the directional derivative along each single element is
/// `(f(x + step) - f(x - step)) / (2 step)`.
public enum GradientCheck {
    /// The largest disagreement found, as a share of the gradient's own scale.
    ///
    /// - Parameters:
    ///   - inputs: the tensors to differentiate by.
    ///   - step: the distance of the two evaluations, for inputs of about 1.
    ///   - function: the operator, from trained variables in the order of `inputs`.
    /// - Returns: for each input, the largest `|difference| / (scale + |gradient|)`, scale being the root mean square of
    ///   that input's gradient.
    public static func errors(_ inputs: [Tensor], step: Float = 1e-2, _ function: ([Variable]) -> Variable) -> [Double]
    {
        let variables = inputs.map { Variable(parameter: $0, isTrained: true) }
        let output = function(variables)
        let weights = weightTensor(output.shape)
        weightedSum(output, weights).backward()
        func evaluate(_ inputs: [Tensor]) -> Double {
            let y = function(inputs.map { Variable($0) }).value.array
            return zip(y, weights.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return inputs.indices.map { index in
            let gradient = variables[index].gradient?.array ?? [Float](repeating: 0, count: inputs[index].count)
            let scale = (gradient.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, gradient.count)))
                .squareRoot()
            var worst = 0.0
            for element in gradient.indices {
                func moved(_ by: Float) -> Double {
                    var changed = inputs
                    changed[index].withMutableSpan { $0[element] += by }
                    return evaluate(changed)
                }
                let difference = (moved(step) - moved(-step)) / (2 * Double(step))
                let gap = abs(difference - Double(gradient[element]))
                worst = max(worst, gap / (scale + abs(Double(gradient[element])) + 1e-6))
            }
            return worst
        }
    }

    private static func weightTensor(_ shape: Shape) -> Tensor {
        var stream = RandomStream(seed: 1, path: "gradient check")
        return Tensor(shape, (0..<shape.count).map { _ in Float(stream.normal()) })
    }

    /// `sum(y * weights)` as a single number.
    private static func weightedSum(_ y: Variable, _ weights: Tensor) -> Variable {
        let sum = zip(y.value.array, weights.array).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let slot = y.slot
        return Variable(Tensor([], [sum]), from: [y]) { dy in
            slot.add(Kernels.scale(weights, by: dy[0, 0]))
        }
    }
}
