extension Arguments {
    /// The time given with `--name`, in seconds: `90`, `90s`, `30m`, `1.5h`, `2d`.
    package func duration(_ name: String) throws(UsageError) -> Double? {
        guard let text = value(name) else { return nil }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let number = unit == nil ? Substring(text) : text.dropLast()
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(number), value > 0
        else {
            throw UsageError("--\(name) takes a time such as 90s, 30m or 2h, not '\(text)'")
        }
        return value * (unit ?? 1)
    }
}
