import Configuration
import NN

extension PrefixTuning {
    /// What a prefix that is not noise starts as.
    public enum Start: String, CaseIterable, Sendable {
        /// All zero.
        case zero
    }

    /// The keys of PEFT's `PrefixTuningConfig`, dropout, and a text to start from.
    public struct Settings: Config {
        /// The number of trained positions.
        public var virtualTokenCount = 16
        /// Whether the prefix is made by a two-layer network from a narrow embedding.
        public var projects = false
        /// The width of that network; the model's hidden size unless given.
        public var encoderHiddenSize: Int?
        /// The share of the prefix's elements dropped in training.
        public var dropout = 0.0
        /// What it starts as; noise unless given.
        public var start: Start?
        /// The text whose keys and values it starts as.
        public var text: String?
        /// The attentions of an encoder-decoder that it stands in front of; PEFT's way unless given.
        public var attentions: [AttentionStack]?

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "num_virtual_tokens", \.virtualTokenCount, in: 1...4096,
                "Trained positions in front of each attention's keys; each also takes one of the model's positions."),
            .boolean(
                "prefix_projection", \.projects,
                "Make the prefix by a two-layer tanh network: slower to train, steadier on some tasks."),
            .integer(
                "encoder_hidden_size", \.encoderHiddenSize, in: 1...65536,
                "Width of the projection's network; the model's hidden size unless given."),
            .number(
                "prefix_dropout", \.dropout, in: 0..<1,
                "Share of the prefix's elements dropped in training, drawn for each sequence, as P-tuning v2 does."),
            .choice(
                "init_weights", \.start,
                "What the prefix starts as: noise unless given, or all zero, which still takes a share of the attention."
            ),
            .text(
                "init_text", \.text,
                "The prefix starts as the keys and values of this text, cut or repeated to its length."),
            .choices(
                "prefix_at", \.attentions,
                "Attentions of an encoder-decoder that get a prefix, each its own: the encoder's, the decoder's to its own tokens, and with "
                    + "cross those to the source; unless given the decoder's, which share prefixes as in PEFT."),
        ]
    }

    /// A width of the projection's network says nothing without the network, and there is one start only.
    public var contradictions: [Contradiction] {
        var found: [Contradiction] = []
        if settings.encoderHiddenSize != nil && !settings.projects {
            found.append(
                Contradiction(
                    key: "encoder_hidden_size", with: "prefix_projection",
                    message: "it is read only with 'prefix_projection: true'"))
        }
        if settings.text != nil && settings.projects {
            found.append(
                Contradiction(
                    key: "init_text", with: "prefix_projection",
                    message: "what a projection makes cannot start as a text; leave one of the two out"))
        }
        if settings.text != nil && settings.start != nil {
            found.append(
                Contradiction(
                    key: "init_text", with: "init_weights", message: "a prefix has one start; leave one of the two out")
            )
        }
        if let attentions = settings.attentions, Set(attentions).count != attentions.count || attentions.isEmpty {
            found.append(
                Contradiction(
                    key: "prefix_at", with: "num_virtual_tokens",
                    message: "name at least one kind of attention, and none twice"))
        }
        return found
    }
}
