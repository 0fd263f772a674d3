import YAML

/// A step that cuts a normalised text into the pieces that tokens do not cross.
protocol TextSplitter: Sendable {
    /// Whether it marks where words begin, or leaves white space out, so that single words need no space before them.
    var marksWords: Bool { get }
    /// Whether it takes spaces for the beginnings of words and puts none itself.
    var wantsSpaces: Bool { get }

    /// Cuts the pieces of `text` further.
    func split(_ text: inout SplitText)
}

extension TextSplitter {
    var marksWords: Bool { false }
    var wantsSpaces: Bool { false }
}

/// Every pre-tokenizer of a `tokenizer.json` that is read, but for `Sequence`. To add one, write its type and add its line.
let splitterKinds: [ComponentKind<any TextSplitter>] = [
    ComponentKind("BertPreTokenizer") { _ in ScalarSplitter.bert },
    ComponentKind("Whitespace") { _ in ScalarSplitter.words },
    ComponentKind("WhitespaceSplit") { _ in ScalarSplitter.whitespace },
    ComponentKind("Punctuation") { node throws(DataError) in
        MatchSplitter.punctuation(try SplitBehavior(node, of: "the pre-tokenizer") ?? .isolated)
    },
    ComponentKind("Digits") { node throws(DataError) in
        MatchSplitter.digits(
            individually: try node.optionalBoolean("individual_digits", of: "the pre-tokenizer") ?? false)
    },
    ComponentKind("CharDelimiterSplit") { node throws(DataError) in try MatchSplitter(delimiter: node) },
    ComponentKind("ByteLevel") { node throws(DataError) in try ByteLevelSplitter(node) },
    ComponentKind("Metaspace") { node throws(DataError) in try Metaspace(node, of: "the pre-tokenizer") },
    ComponentKind("Split") { node throws(DataError) in try PatternSplitter(node) },
]
