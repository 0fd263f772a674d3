/// Every task that a manifest can name. To add one, write its file and add its line.
public let taskTypes: [TaskEntry] = [
    TaskEntry(TextClassification.self),
    TaskEntry(TokenClassification.self),
    TaskEntry(QuestionAnswering.self),
    TaskEntry(CausalLanguage.self),
    TaskEntry(MaskedLanguage.self),
    TaskEntry(SequenceToSequence.self),
    TaskEntry(MultipleChoice.self),
]

/// Every layout of data files that a manifest can name. To add one, write its file and add its line.
public let formats: [FormatEntry] = [
    FormatEntry(SQuAD.self),
    FormatEntry(CSV.self),
    FormatEntry(TSV.self),
    FormatEntry(JSONLines.self),
    FormatEntry(CoNLL.self),
    FormatEntry(PlainText.self),
]
