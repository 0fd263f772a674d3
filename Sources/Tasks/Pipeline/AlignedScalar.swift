/// One scalar of a text on its way through a tokenizer, and the part of the original text that it stands for.
struct AlignedScalar: Hashable, Sendable {
    /// The scalar.
    var value: UInt32
    /// Where its part of the original text begins, in scalars.
    var start: Int32
    /// Where its part of the original text ends.
    var end: Int32

    /// The same part of the text, as another scalar.
    func replaced(by value: UInt32) -> AlignedScalar { AlignedScalar(value: value, start: start, end: end) }
}

extension [AlignedScalar] {
    /// The scalars of `text`, each standing for itself.
    init(aligning text: some Sequence<Unicode.Scalar>) {
        self.init()
        reserveCapacity(text.underestimatedCount)
        var place: Int32 = 0
        for scalar in text {
            append(AlignedScalar(value: scalar.value, start: place, end: place &+ 1))
            place &+= 1
        }
    }

    /// What the scalars of `text` become, without regard to where they come from.
    static func spelling(of text: String, _ change: (inout [AlignedScalar]) -> Void) -> [UInt32] {
        var scalars = [AlignedScalar](aligning: text.unicodeScalars)
        change(&scalars)
        return scalars.map(\.value)
    }

    /// Replaces all scalars by `changes`, each of which says how many scalars it brings.
    ///
    /// With 0 a scalar takes the place of one, with -n of n more, and stands for the first of them; with 1 it is inserted, and
    /// stands for what the scalar before it in the old text stood for.
    mutating func transform(_ changes: [(value: UInt32, change: Int)]) {
        var place = 0
        var result: [AlignedScalar] = []
        result.reserveCapacity(changes.count)
        for (value, change) in changes {
            let origin = change > 0 ? place - 1 : place
            let aligned =
                indices.contains(origin) ? self[origin] : AlignedScalar(value: value, start: 0, end: 0)
            result.append(aligned.replaced(by: value))
            if change <= 0 { place += 1 - change }
        }
        self = result
    }
}
