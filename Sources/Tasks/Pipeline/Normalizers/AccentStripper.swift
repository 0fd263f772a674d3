/// Drops combining marks: accents that a decomposition set apart.
struct AccentStripper: TextNormalizer {
    func normalize(_ text: inout [AlignedScalar]) {
        text.removeAll { scalar in
            guard scalar.value >= 0x300, let known = Unicode.Scalar(scalar.value) else { return false }
            switch known.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: return true
            default: return false
            }
        }
    }
}
