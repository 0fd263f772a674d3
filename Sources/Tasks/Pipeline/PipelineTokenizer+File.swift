import YAML

extension PipelineTokenizer {
    /// Reads a `tokenizer.json`, with what the files beside it say.
    init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        let modelNode = try file.member("model", of: "a tokenizer")
        let kind = try TokenizerFolder.kind(of: modelNode)
        guard let entry = modelKinds.first(where: { $0.name == kind }) else {
            let known = modelKinds.map(\.name).joined(separator: ", ")
            throw DataError(
                "tokenizers of the kind '\(kind)' are not read, only \(known); choose another checkpoint",
                at: modelNode.location)
        }
        var definition = Definition(model: try entry.read(modelNode))
        definition.normalizers = try ComponentKind.list(
            file["normalizer"], normalizerKinds, of: "the normalizer", sequence: "normalizers")
        definition.splitters = try ComponentKind.list(
            file["pre_tokenizer"], splitterKinds, of: "the pre-tokenizer", sequence: "pretokenizers")
        definition.decoders = try ComponentKind.list(
            file["decoder"], decoderKinds, of: "the decoder", sequence: "decoders")
        definition.processing = try PostProcessing(file["post_processor"])
        definition.addedTokens = try AddedToken.list(file)
        try definition.respace(settings)
        try definition.update(settings, isLlama: settings.isLlama())
        self.init(definition)
    }
}

extension PipelineTokenizer.Definition {
    /// Takes over what the files beside the tokenizer's own say.
    ///
    /// - Parameter isLlama: whether its special tokens are put around texts as Llama's settings say.
    mutating func update(_ settings: TokenizerSettings, isLlama: Bool) throws(DataError) {
        named = try NamedTokens(settings)
        let wantsSpace = try settings.boolean("add_prefix_space")
        if let wantsSpace, splitters.count == 1, let splitter = splitters[0] as? ByteLevelSplitter {
            splitters = [ByteLevelSplitter(addsPrefixSpace: wantsSpace, splits: splitter.splits)]
        }
        normalizers = try normalizers.map { step throws(DataError) in
            guard var step = step as? BertNormalizer else { return step }
            try step.update(settings)
            return step
        }
        let vocabulary = model.vocabulary
        for name in try settings.specialNames() where !addedTokens.contains(where: { $0.content.isSpelled(as: name) }) {
            if let id = vocabulary.id(of: name) {
                addedTokens.append(AddedToken(content: name, id: id, isSpecial: true))
            }
        }
        for token in try settings.addedTokens()
        where !addedTokens.contains(where: { $0.content.isSpelled(as: token.content) }) {
            addedTokens.append(token)
        }
        if isLlama { try readLlama(settings) }
    }

    /// Llama's tokenizers put the begin token before each text unless their settings say otherwise.
    private mutating func readLlama(_ settings: TokenizerSettings) throws(DataError) {
        func ids(_ key: String, _ usual: String, wanted: Bool) throws(DataError) -> [Int32] {
            guard wanted else { return [] }
            let token = try settings.token(key) ?? usual
            let added = addedTokens.last { $0.content.isSpelled(as: token) }?.id
            guard let id = added ?? model.vocabulary.id(of: token) else {
                throw DataError(
                    "the vocabulary has no '\(token)', which is put around each text; name another '\(key)'",
                    at: settings.configuration?.location)
            }
            return [id]
        }
        let begin = try ids("bos_token", "<s>", wanted: settings.boolean("add_bos_token") ?? true)
        let end = try ids("eos_token", "</s>", wanted: settings.boolean("add_eos_token") ?? false)
        processing.layouts = TextLayouts(
            single: SingleLayout(start: begin, end: end),
            pair: PairLayout(start: begin, separator: end, opening: begin, end: end, secondType: 1))
        if named.end == nil { named.end = "</s>" }
        if named.begin == nil { named.begin = "<s>" }
    }
}

extension String {
    /// Whether both have the same scalars; `==` takes canonical equivalents for equal.
    func isSpelled(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
