import Configuration
import YAML

/// The dotted keys that a sweep may change.
enum SweepKey {
    /// Whether `key` may be swept; if not, the mistake is noted at `location`.
    static func isSound(_ key: String, at location: SourceLocation, _ diagnostics: inout Diagnostics) -> Bool {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        if parts.isEmpty || parts.contains(where: \.isEmpty) {
            diagnostics.error(at: location, "'\(key)' is no key; write it as in train.learning_rate")
            return false
        }
        if parts[0] == "sweep" {
            diagnostics.error(at: location, "'\(key)' belongs to the sweep, which cannot change itself")
            return false
        }
        if key == "name" {
            diagnostics.error(
                at: location, "'name' cannot be swept: the trials of a sweep stand in one folder, which has this name")
            return false
        }
        return true
    }
}
