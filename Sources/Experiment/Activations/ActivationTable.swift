import Models
import NN
import Tensors

/// What the frozen part of a model makes of each feature of a data set.
///
/// Features are computed in blocks of neighbours whose sizes depend on the data set alone. So the rows of a feature are the same to the bit
/// whatever the batches, the order and the epochs in which they are read, and for every number of threads.
struct ActivationTable {
    /// What an element is, for the keys of files; with `bytesPerElement` and `states` the one place that knows.
    static let elementName = "float32"
    /// The bytes of an element.
    static let bytesPerElement = MemoryLayout<Float>.size
    /// The tokens that a block has at least, unless it is the last.
    static let blockTokens = 2048

    /// How far up it was computed.
    let depth: FrozenDepth
    /// `[rows, hidden]`
    let rows: Tensor
    /// The first row of each feature, and the number of rows: `[features + 1]`.
    let offsets: [Int]

    /// The first row of each feature, and the number of rows: `[features + 1]`.
    static func offsets(_ features: [Feature], _ depth: FrozenDepth, _ reading: Reading) -> [Int] {
        var offsets = [0]
        offsets.reserveCapacity(features.count + 1)
        var row = 0
        for feature in features {
            row += depth.rows(of: feature, reading)
            offsets.append(row)
        }
        return offsets
    }

    /// The blocks in which features are computed.
    static func blocks(_ features: [Feature]) -> [Range<Int>] {
        var (blocks, start, tokens): ([Range<Int>], Int, Int) = ([], 0, 0)
        for (index, feature) in features.enumerated() {
            tokens += feature.inputIDs.count
            guard tokens >= blockTokens else { continue }
            blocks.append(start..<index + 1)
            (start, tokens) = (index + 1, 0)
        }
        if start < features.count { blocks.append(start..<features.count) }
        return blocks
    }

    /// The rows of these features, one after the other.
    func states(of features: [Int]) -> FrozenStates {
        if offsets.count - 1 == rows.shape.rows {
            return FrozenStates(depth, Kernels.gather(rows, features.map { Int32($0) }))
        }
        var indices: [Int32] = []
        for feature in features {
            for row in offsets[feature]..<offsets[feature + 1] { indices.append(Int32(row)) }
        }
        return FrozenStates(depth, Kernels.gather(rows, indices))
    }
}
