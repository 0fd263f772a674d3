import CKernels
import Foundation

/// The angles by which rotary positions turn the heads of queries and keys: one for each place and pair of columns.
///
///     angle[place, c] = position * frequency[c]
///
/// One table serves all layers of a pass.
public struct RotaryAngles: Sendable {
    /// Cosines and sines of the distinct positions: `[positions, headSize / 2]`.
    let cosines: Tensor, sines: Tensor
    /// Each row's place in the tables: `[rows]`.
    let places: [Int32]

    /// The angles of rows at these positions.
    ///
    /// - Parameters:
    ///   - positions: `[rows]`, from 0.
    ///   - frequencies: radians for each position: `[headSize / 2]`.
    ///   - magnitude: multiplies cosines and sines.
    public init(positions: [Int32], frequencies: [Float], magnitude: Float = 1) {
        precondition(positions.allSatisfy { $0 >= 0 }, "RotaryAngles: a negative position")
        let first = positions.min() ?? 0
        let count = Int((positions.max() ?? 0) - first) + 1
        places = positions.map { $0 - first }
        var (cosines, sines): ([Float], [Float]) = ([], [])
        cosines.reserveCapacity(count * frequencies.count)
        sines.reserveCapacity(count * frequencies.count)
        for index in 0..<count {
            let position = Float(first) + Float(index)
            for frequency in frequencies {
                // The product is rounded to float32, as in transformers.
                let angle = Double(position * frequency)
                cosines.append(Float(cos(angle)) * magnitude)
                sines.append(Float(sin(angle)) * magnitude)
            }
        }
        self.cosines = Tensor([count, frequencies.count], cosines)
        self.sines = Tensor([count, frequencies.count], sines)
    }

    private init(cosines: Tensor, sines: Tensor, places: [Int32]) {
        self.cosines = cosines
        self.sines = sines
        self.places = places
    }

    /// The angles of some of the rows.
    public func rows(_ rows: [Int32]) -> RotaryAngles {
        RotaryAngles(cosines: cosines, sines: sines, places: rows.map { places[Int($0)] })
    }
}

extension Kernels {
    /// Turns the first and the second half of every head by the angles of its row.
    ///
    ///     first' = first cos - second sin        second' = second cos + first sin
    ///
    /// - Parameters:
    ///   - x: `[rows, heads * headSize]`; its memory is taken for the result.
    ///   - isInverse: turns back, which is also the backward.
    public static func rotate(_ x: consuming Tensor, _ angles: RotaryAngles, isInverse: Bool = false) -> Tensor {
        let half = angles.cosines.shape.columns
        precondition(
            x.shape.rows == angles.places.count && x.shape.columns % (2 * half) == 0,
            "rotate: \(x.shape) by \(angles.places.count) rows of \(half) angles")
        var turned = x
        turned.makeUnique()
        let (result, heads) = (turned, turned.shape.columns / (2 * half))
        Parallel.rows(result.shape.rows, target: 128) { range in
            let at = range.lowerBound
            unsafe angles.places.withUnsafeBufferPointer { places in
                guard let first = places.baseAddress else { return }
                unsafe pk_rotate(
                    range.count, heads, half, first + at, angles.cosines.base, angles.sines.base, isInverse ? -1 : 1,
                    result.row(at), result.row(at))
            }
        }
        return result
    }
}
