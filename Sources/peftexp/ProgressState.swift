import Results

/// How far a piece of work is.
package struct ProgressState: Equatable, Sendable {
    /// What is being done, as in `training`.
    package var work: String
    /// Steps done.
    package var step: Int
    /// Steps in all; nil where that is not known.
    package var stepCount: Int?
    package var loss: Double?
    package var tokensPerSecond: Double?
    package var secondsLeft: Double?

    package init(
        _ work: String, step: Int, of stepCount: Int?, loss: Double? = nil, tokensPerSecond: Double? = nil,
        secondsLeft: Double? = nil
    ) {
        self.work = work
        self.step = step
        self.stepCount = stepCount
        self.loss = loss
        self.tokensPerSecond = tokensPerSecond
        self.secondsLeft = secondsLeft
    }

    /// `training  step  12/240   5 %  loss 2.341  2.35k tokens/s  1 m 12 s left`
    ///
    /// - Parameter width: the columns to keep to; what does not fit is left out, from the end.
    package func text(width: Int? = nil) -> String {
        var text = ""
        for part in parts {
            let longer = text.isEmpty ? part : "\(text)  \(part)"
            if let width, DisplayWidth.of(longer) > width { break }
            text = longer
        }
        return text
    }

    private var parts: [String] {
        var parts = [work, steps]
        if let stepCount, stepCount > 0 {
            let percent = "\(Int((min(1, Double(step) / Double(stepCount)) * 100).rounded(.down))) %"
            parts.append(String(repeating: " ", count: max(0, 5 - percent.count)) + percent)
        }
        if let loss { parts.append("loss \(FigureText.number(loss))") }
        if let tokensPerSecond, let whole = Int(exactly: tokensPerSecond.rounded()) {
            parts.append("\(FigureText.count(whole)) tokens/s")
        }
        if let secondsLeft, step < stepCount ?? .max {
            parts.append("\(FigureText.remaining(secondsLeft.rounded())) left")
        }
        return parts
    }

    /// The step in as many columns as the last one will take, so that what follows stands still.
    private var steps: String {
        guard let stepCount else { return "step \(step)" }
        let padding = max(0, "\(stepCount)".count - "\(step)".count)
        return "step \(String(repeating: " ", count: padding))\(step)/\(stepCount)"
    }
}
