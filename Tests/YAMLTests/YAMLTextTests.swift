import Testing
import YAML

@Suite struct YAMLTextTests {
    private func parse(_ text: String) throws -> Node { try YAMLText.parse(text, file: "a.yaml") }

    private func message(_ text: String) -> String? {
        #expect(throws: TextError.self) { try YAMLText.parse(text, file: "a.yaml") }?.description
    }

    @Test func valuesAndPlaces() throws {
        let node = try parse(
            """
            # a comment
            name: squad
            train:
              rates: [5e-3, "5e-3"]
              é: {ü: no, 中: on}
            """)
        #expect(
            JSON(node) == ["name": "squad", "train": ["rates": [0.005, "5e-3"], "é": ["ü": "no", "中": "on"]]])
        #expect(node.location == SourceLocation(file: "a.yaml", line: 2, column: 1))
        #expect(node["name"]?.location == SourceLocation(file: "a.yaml", line: 2, column: 7))
        let inner = try #require(node["train"]?["é"])
        #expect(inner["中"]?.location == SourceLocation(file: "a.yaml", line: 5, column: 17))
        guard case .mapping(let pairs) = inner.content else { return }
        #expect(pairs.map(\.keyLocation.position?.column) == [7, 14])
    }

    @Test(arguments: ["", "\n", "# only a comment", "---\n", "null"])
    func emptyTextsAreEmptyMappings(text: String) throws {
        #expect(try parse(text).content == .mapping([]))
    }

    @Test func byteOrderMarkAndLineEndings() throws {
        let node = try parse("\u{FEFF}a: 1\r\nb: 2\r\n")
        #expect(JSON(node) == ["a": 1, "b": 2])
        #expect(node.location == SourceLocation(file: "a.yaml", line: 1, column: 1))
        #expect(node["b"]?.location == SourceLocation(file: "a.yaml", line: 2, column: 4))
    }

    @Test func aliasesAreReplaced() throws {
        let node = try parse("a: &x {r: 8}\nb: *x\nc: [&y 1, *y, *x]")
        #expect(JSON(node) == ["a": ["r": 8], "b": ["r": 8], "c": [1, 1, ["r": 8]]])
    }

    @Test func aliasesOfAliasesAreBounded() {
        var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(message(text)?.hasSuffix("error: the text holds more than 200000 values") == true)
    }

    @Test(arguments: [
        ("a:\n\tb: 1\n", "a.yaml:2:1: error: a tab cannot indent YAML; use spaces"),
        ("a:\n  b: 1\n  \tc: 1\n", "a.yaml:3:3: error: a tab cannot indent YAML; use spaces"),
        ("a: b\n\tc: d\n", "a.yaml:2:1: error: a tab cannot indent YAML; use spaces"),
        ("a: b\n\tc\n", "a.yaml:2:1: error: a tab cannot indent YAML; use spaces"),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: error: duplicate key 'a'; it stands first on line 1"),
        ("s: {r: 1, r: 2}", "a.yaml:1:11: error: duplicate key 'r'; it stands first on line 1"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: error: a second document starts here; one file holds one"),
        ("a: !!str 5", "a.yaml:1:4: error: tags are not supported; quotes make a text, their absence a number"),
        ("<<: 5", "a.yaml:1:1: error: merge keys are not part of YAML 1.2; write the keys out"),
        ("[a]: 5", "a.yaml:1:1: error: a key must be one word or text"),
        ("a: *x", "a.yaml:1:4: error: '*x' stands for nothing: no finished '&x' before it"),
        ("a: &x [*x]", "a.yaml:1:8: error: '*x' stands for nothing: no finished '&x' before it"),
        (
            "a: 1\nb: x\u{2028}y",
            "a.yaml:2:5: error: this character is a line break for some readers and not for others (U+2028); "
                + "in double quotes, write \"\\u2028\""
        ),
        (
            "a: \u{1}",
            "a.yaml:1:4: error: this character may not stand in YAML (U+0001); in double quotes, write \"\\u0001\""
        ),
    ])
    func mistakesAreLocated(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test(arguments: [
        ("a: \"x\nb: 1\n", "a.yaml:3:1: error: found unexpected end of stream, while scanning a quoted scalar"),
        ("a: [1, 2\nb: 1\n", "a.yaml:2:"), ("a: b: c\n", "a.yaml:1:5: error: mapping values are not allowed"),
        ("a: @x\n", "a.yaml:1:4: error: found character that cannot start any token"),
    ])
    func whatLibyamlRefusesIsLocated(text: String, start: String) {
        let message = message(text)
        #expect(message?.hasPrefix(start) == true, "\(message ?? "")")
    }

    @Test func tabsThatDoNotIndentAreFine() throws {
        #expect(
            JSON(try parse("a:\t1\nb: {c: 1,\n\td: 2}\ne: |\n  x\n  \ty\n")) == [
                "a": 1, "b": ["c": 1, "d": 2], "e": "x\n\ty\n",
            ])
    }

    @Test func bytesThatAreNotTextAreRefused() {
        let bytes: [UInt8] = Array("a: 1\nb: ".utf8) + [0xC3, 0x28]
        let error = #expect(throws: TextError.self) { try YAMLText.parse(bytes, file: "a.yaml") }
        #expect(error?.description == "a.yaml:2:4: error: these bytes are not UTF-8 text")
    }

    @Test func depthIsLimited() {
        let text = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        #expect(message(text)?.hasSuffix("stand too deep inside each other") == true)
        let deeper = String(repeating: "[", count: 50_000)
        #expect(message(deeper) != nil)
    }
}
