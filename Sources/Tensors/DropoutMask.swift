import CKernels

/// A dropout mask that is computed where it is needed and never stored.
///
/// Whether the element at (row, column) is kept depends only on the key, the row and the column (a counter-based
/// generator), so backward makes the same mask again. A kept element is multiplied by `1 / (1 - rate)`.
public struct DropoutMask: Hashable, Sendable {
    /// The share of elements dropped, in `0..<1`.
    public let rate: Float
    /// Names the mask: a hash of seed, place in the model and step.
    public let key: UInt64

    /// The mask named `key` that drops `rate` of the elements.
    public init(rate: Float, key: UInt64) {
        precondition(rate >= 0 && rate < 1, "DropoutMask: rate \(rate)")
        self.rate = rate
        self.key = key
    }

    /// The same mask for a part of the model numbered `index`.
    func part(_ index: Int) -> DropoutMask {
        DropoutMask(
            rate: rate, key: RandomStream.mix(key ^ UInt64(truncatingIfNeeded: index &+ 1) &* 0xD6E8_FEB8_6659_FD93))
    }
}

extension DropoutMask? {
    /// The C form; no mask keeps everything.
    var kernel: pk_dropout {
        guard let mask = self, mask.rate > 0 else { return pk_dropout(key: 0, threshold: 0, scale: 1) }
        let threshold = UInt32(Double(mask.rate) * 4_294_967_296)
        return pk_dropout(key: mask.key, threshold: max(1, threshold), scale: 1 / (1 - mask.rate))
    }
}
