import Configuration

/// The keys of the `train` section that say when a training's state is written down; no result depends on them.
public struct SaveSettings: Config {
    /// What the training's state is written down after.
    public enum Strategy: String, CaseIterable, Sendable {
        case no, epoch, steps
    }

    /// What it is written down after; nil follows from `steps`.
    public var strategy: Strategy?
    /// Steps from one checkpoint to the next.
    public var steps: Int?
    /// Minutes after which it is written down in any case; 0 for never.
    public var minutes = 5.0

    /// The defaults.
    public init() {}

    /// One field per key.
    public static let fields: [Field<Self>] = [
        .choice(
            "save_strategy", \.strategy,
            "When to write a checkpoint that the same command goes on from: every save_steps steps; epoch, the default without "
                + "save_steps, after epochs and evaluations as long as that takes little of the time; no, only when interrupted."
        ),
        .integer(
            "save_steps", \.steps, in: 1...,
            "Steps from one checkpoint to the next. Each holds all trained parameters, two moments of each, and the best so far: "
                + "of FULL four times the model, and the last two are kept."),
        .number(
            "save_minutes", \.minutes, in: 0...1e6,
            "Minutes after which a checkpoint is written in any case, unless save_strategy is no; 0 for never."),
    ]

    /// The strategy that holds.
    var effectiveStrategy: Strategy { strategy ?? (steps == nil ? .epoch : .steps) }

    /// Keys that are right alone and not together.
    var contradictions: [Contradiction] {
        switch (strategy, steps) {
        case (.steps, nil):
            [Contradiction(key: "save_strategy", with: "save_steps", message: "'steps' needs save_steps beside it")]
        case (.no, _?), (.epoch, _?):
            [
                Contradiction(
                    key: "save_steps", with: "save_strategy", message: "it is read only with 'save_strategy: steps'")
            ]
        default: []
        }
    }
}
