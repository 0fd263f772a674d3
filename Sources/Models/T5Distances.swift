import Autograd
import Foundation
import NN
import Tensors

/// The numbers that a network of T5 adds to scores by the distance between two tokens.
///
///     bias[head, key - query] = table[bucket(key - query), head]
///
/// Small distances have a bucket each, larger ones share buckets that grow by powers, and beyond the farthest all share the last. In the
/// encoder half of the buckets are for keys behind the query; in the decoder there are none.
struct T5Distances {
    /// `[buckets, heads]`
    let table: Parameter
    private let isBidirectional: Bool
    private let farthest: Int

    /// Declares the table in the first attention of a network, `scope`.
    init(_ scope: ParameterScope, _ shape: T5Shape, isBidirectional: Bool) throws(CheckpointError) {
        let deviation = shape.factor / Double(shape.hidden).squareRoot()
        table = try scope["relative_attention_bias"].parameter(
            "weight", [shape.buckets, shape.heads], .normal(deviation: deviation))
        self.isBidirectional = isBidirectional
        farthest = shape.farthest
    }

    /// The biases of the distances between the tokens of a sequence of `length`: `[heads, 2 * length - 1]`.
    func bias(length: Int) -> Variable {
        distanceBias(
            table.variable,
            (1 - length..<length).map {
                Int32(
                    Self.bucket(
                        $0, buckets: table.shape.rows, farthest: farthest, isBidirectional: isBidirectional))
            })
    }

    /// The bucket of a distance from query to key.
    ///
    ///     bucket = d                                                        for d < n / 2
    ///     bucket = n / 2 + trunc(log(d / (n / 2)) / log(farthest / (n / 2)) * n / 2)        at most n - 1
    ///
    /// with `d` the distance backwards and `n` the number of buckets; for both directions half as many, and those of keys behind the query
    /// after the others. In single precision, as in transformers.
    static func bucket(_ distance: Int, buckets: Int, farthest: Int, isBidirectional: Bool) -> Int {
        let count = isBidirectional ? buckets / 2 : buckets
        let first = isBidirectional && distance > 0 ? count : 0
        let length = isBidirectional ? abs(distance) : max(0, -distance)
        let exact = count / 2
        if length < exact { return first + length }
        let share =
            log(Float(length) / Float(exact)) / Float(log(Double(farthest) / Double(exact))) * Float(count - exact)
        return first + min(count - 1, exact + Int(share))
    }
}
