/// A fixed set of Unicode scalars, held as the places where membership changes.
struct ScalarSet: Sendable {
    /// Ascending; scalars from an even place up to the next boundary are members.
    let boundaries: [UInt32]

    /// Whether `scalar` is a member.
    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = boundaries.count
        while low < high {
            let middle = (low + high) / 2
            if boundaries[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return low % 2 == 1
    }
}
