import Foundation

/// Numbers as people read them.
public enum FigureText {
    /// A count in three or four figures: `842`, `12.3k`, `22.7M`, `1.25G`.
    public static func count(_ value: Int) -> String {
        value.magnitude < 1000 ? "\(value)" : scaled(Double(value), separator: "")
    }

    /// The same of a number that was measured, and may be anything.
    public static func count(_ value: Double) -> String {
        Int(exactly: value.rounded(.towardZero)).map(count) ?? scaled(value, separator: "")
    }

    /// A measure of quality: a share with four decimals, a percentage or any larger number with two.
    public static func metric(_ value: Double) -> String { fixed(value, decimals: value.magnitude <= 1 ? 4 : 2) }

    /// Bytes, 1000 to the kilobyte: `512 B`, `1.25 GB`.
    public static func bytes(_ value: Int) -> String {
        value.magnitude < 1000 ? "\(value) B" : scaled(Double(value), separator: " ") + "B"
    }

    /// The same of a number that was measured, and may be anything.
    public static func bytes(_ value: Double) -> String {
        Int(exactly: value.rounded(.towardZero)).map(bytes) ?? scaled(value, separator: " ") + "B"
    }

    /// Operations, or operations per second, in three figures: `12.5 G`, `1.2 T`.
    public static func operations(_ value: Double) -> String {
        scaled(value, separator: " ")
    }

    /// A time: `0.35 s`, `12.4 s`, `2 m 13 s`, `3 h 05 m`, `2 d 4 h`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "-" }
        guard seconds >= 0 else { return "-" + duration(-seconds) }
        if seconds < 0.9995 { return "\(number(seconds * 1000, figures: 3)) ms" }
        if seconds < 59.95 { return "\(number(seconds, figures: 3)) s" }
        guard let whole = Int(exactly: seconds.rounded()) else { return "-" }
        switch whole {
        case ..<3600: return "\(whole / 60) m \(padded(whole % 60)) s"
        case ..<86_400: return "\(whole / 3600) h \(padded(whole % 3600 / 60)) m"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    /// A time that is still to come, as far as that can be told: `12 s`, `2 m 13 s`.
    public static func remaining(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 59.5 else { return duration(seconds) }
        return "\(Int(seconds.rounded())) s"
    }

    /// A number with this many decimals; `-` when it is not finite.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "-" }
        // No number below 1e15 in magnitude has a decimal that counts; above, the exact digits are no use to anyone.
        guard value.magnitude < 1e15 else { return "\(value)" }
        let text = String(format: "%.\(min(max(decimals, 0), 15))f", value)
        return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
    }

    /// A number with this many significant figures, trailing zeros kept, as in `1.20`; small and large ones as `5.00e-05`.
    public static func number(_ value: Double, figures: Int = 4) -> String {
        guard value.isFinite else { return "-" }
        guard value != 0 else { return "0" }
        let figures = min(max(figures, 1), 17)
        let exponent = Int(log10(value.magnitude).rounded(.down))
        guard (-4..<7).contains(exponent) else { return String(format: "%.\(figures - 1)e", value) }
        return fixed(value, decimals: figures - 1 - exponent)
    }

    /// A number of things: `1 step`, `12 steps`.
    public static func counted(_ count: Int, _ thing: String) -> String {
        "\(count) \(thing)\(count == 1 ? "" : "s")"
    }

    /// A fraction as a percentage: `0.02 %`, `1.4 %`, `100 %`.
    public static func percent(_ fraction: Double) -> String {
        guard fraction.isFinite else { return "-" }
        let percent = fraction * 100
        return "\(fixed(percent, decimals: percent.magnitude >= 9.95 ? 0 : percent.magnitude >= 0.995 ? 1 : 2)) %"
    }

    /// Three figures and the prefix of the unit; what rounds up to 1000 takes the next one.
    private static func scaled(_ value: Double, separator: String) -> String {
        guard value.isFinite else { return "-" }
        var (rest, prefixes) = (value, "kMGTPE"[...])
        var prefix = ""
        while rest.magnitude >= 999.5, let next = prefixes.popFirst() {
            rest /= 1000
            prefix = String(next)
        }
        let decimals =
            prefix.isEmpty && rest == rest.rounded() ? 0 : rest.magnitude < 9.995 ? 2 : rest.magnitude < 99.95 ? 1 : 0
        return fixed(rest, decimals: decimals) + separator + prefix
    }

    private static func padded(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
