import YAML

/// What is done with tokens in the end: special ones around them, offsets trimmed.
struct PostProcessing: Sendable {
    /// How texts are laid out.
    var layouts = TextLayouts(
        single: SingleLayout(), pair: PairLayout(start: [], separator: [], end: [], secondType: 1))
    /// How offsets are trimmed, where they are.
    var trimming: OffsetTrimming?
}

extension PostProcessing {
    /// Reads the `post_processor` of a `tokenizer.json`.
    init(_ node: Node?) throws(DataError) {
        for part in try ComponentKind.list(node, postProcessorKinds, of: "the post-processor", sequence: "processors") {
            layouts = part.layouts ?? layouts
            trimming = part.trimming ?? trimming
        }
    }
}

/// What one post-processor says.
struct PostProcessor: Sendable {
    var layouts: TextLayouts?
    var trimming: OffsetTrimming?
}

/// Every post-processor of a `tokenizer.json` that is read, but for `Sequence`. To add one, add its line.
let postProcessorKinds: [ComponentKind<PostProcessor>] = [
    ComponentKind("TemplateProcessing") { node throws(DataError) in
        PostProcessor(layouts: try TextLayouts(template: node))
    },
    ComponentKind("BertProcessing") { node throws(DataError) in
        PostProcessor(layouts: TextLayouts(start: try node.specialToken("cls"), single: try node.specialToken("sep")))
    },
    ComponentKind("RobertaProcessing") { node throws(DataError) in
        PostProcessor(
            layouts: TextLayouts(start: try node.specialToken("cls"), doubled: try node.specialToken("sep")),
            trimming: try OffsetTrimming(node))
    },
    ComponentKind("ByteLevel") { node throws(DataError) in PostProcessor(trimming: try OffsetTrimming(node)) },
]

extension OffsetTrimming {
    /// Reads what a post-processor says about offsets.
    init?(_ node: Node) throws(DataError) {
        let owner = "the post-processor"
        let isSpaced = try node.optionalBoolean("add_prefix_space", of: owner) ?? true
        guard try node.optionalBoolean("trim_offsets", of: owner) ?? true else { return nil }
        self.init(addsPrefixSpace: isSpaced)
    }
}
