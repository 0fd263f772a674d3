import Configuration
import NN

extension TextClassification {
    /// What is predicted, and how texts are cut.
    public struct Settings: Config {
        /// What a label is; transformers' names.
        public enum Problem: String, CaseIterable, Sendable {
            /// One of the labels.
            case single = "single_label_classification"
            /// Any of the labels.
            case several = "multi_label_classification"
            /// A number.
            case regression
        }

        /// The longest sequence in tokens, special tokens included.
        public var maxSequenceLength = 128
        /// What a label is.
        public var problem = Problem.single
        /// The names of the labels; collected from the training data where they are not given.
        public var labels: [String]?
        /// The label that binary measures are about; the second one unless given.
        public var positiveLabel: String?
        /// The measures; those usual for the problem where none is named.
        public var metrics: [String] = []
        /// Whether the second text of a pair is marked as the second segment.
        public var marksSegments = true
        /// What a classifier on an encoder reads.
        public var classifierPosition = ClassifierPosition.firstToken

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Longest sequence in tokens, special tokens included; a longer text is cut, of a pair the longer one first."
            ),
            .choice("problem_type", \.problem, "What a label is: one of the labels, several of them, or a number."),
            .texts(
                "labels", \.labels,
                "Names of the labels, in the order of the logits; collected from the training data unless given."),
            .text(
                "pos_label", \.positiveLabel,
                "The label that f1, precision and recall are about; the second of two unless given."),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
            .boolean(
                "return_token_type_ids", \.marksSegments,
                "Mark the second text of a pair as the second segment; false for models that know one only."),
            .choice(
                "classifier_position", \.classifierPosition,
                "What the classifier on an encoder reads where a prompt stands in front: the first real token, or the first position, a "
                    + "virtual token, as PEFT's models do."),
        ]

        /// How labels are read.
        var reader: LabelReader { LabelReader(problem: problem, names: LabelNames(given: labels)) }

        /// The measures.
        var choice: MetricChoice {
            switch problem {
            case .single: MetricChoice(names: metrics, usual: ["accuracy"], outcomes: ClassOutcomes.self)
            case .several:
                MetricChoice(names: metrics, usual: ["f1_micro", "f1_macro", "accuracy"], outcomes: FlagOutcomes.self)
            case .regression:
                MetricChoice(names: metrics, usual: ["pearson", "spearmanr", "mse"], outcomes: ValueOutcomes.self)
            }
        }

        /// What is wrong about the positive label, where these are all labels.
        func positiveMistake(among names: [String]) -> String? {
            let binary = problem == .single ? choice.chosen.first { Self.binaryMetrics.contains($0.name) } : nil
            if let positiveLabel {
                if names.contains(positiveLabel) { return nil }
                let near = Suggestion.nearest(to: positiveLabel, among: names).map { "; did you mean '\($0)'?" }
                let known = "; the labels are \(names.prefix(12).joined(separator: ", "))"
                return "'\(positiveLabel)' is no label\(near ?? known)"
            }
            guard let binary, names.count != 2 else { return nil }
            return "'\(binary.name)' is about one label, and there are \(names.count); name it, or take f1_macro"
        }

        /// The measures of the positive class.
        static let binaryMetrics = ["f1", "precision", "recall"]
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Classes, sets of labels, or numbers.
    public var outcomes: any Outcomes.Type { settings.choice.outcomes }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found = settings.choice.contradictions(with: "problem_type")
        if settings.problem == .regression {
            for (key, isSet) in [("labels", settings.labels != nil), ("pos_label", settings.positiveLabel != nil)]
            where isSet {
                found.append(
                    Contradiction(key: key, with: "problem_type", message: "numbers have no labels; leave it out"))
            }
            return found
        }
        found += LabelNames(given: settings.labels).contradictions(atLeast: settings.problem == .single ? 2 : 1)
        if settings.problem == .several, settings.positiveLabel != nil {
            found.append(
                Contradiction(
                    key: "pos_label", with: "problem_type", message: "it is read only for single_label_classification"))
        } else if let labels = settings.labels, let mistake = settings.positiveMistake(among: labels) {
            found.append(Contradiction(key: "pos_label", with: "labels", message: mistake))
        }
        return found
    }
}
