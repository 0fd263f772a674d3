import Testing
import YAML

@Suite struct NodeTextTests {
    @Test func canonicalTextIsReadable() throws {
        let node = try YAMLText.parse(
            "{name: squad-ptv2, model: {path: ../m, x: {}}, grid: [[1, 2], {a: 'no', b: []}, 5e-3], z: , t: a b}",
            file: "a.yaml")
        #expect(
            node.yamlText == """
                name: squad-ptv2
                model:
                  path: ../m
                  x: {}
                grid:
                  - - 1
                    - 2
                  - a: "no"
                    b: []
                  - 5e-3
                z: null
                t: a b

                """)
    }

    @Test(arguments: [
        "", " ", "a", "a b", " a", "a ", "a: b", "a #b", "- a", "-", "--", "---", "...", "-1", "-.5", "1e5", ".inf",
        "~",
        "null", "true", "no", "off", "Y", "./a", "../b/c.json", "/x", ".hidden", "@x", "%x", "*x", "&x", "!x", "|", ">",
        "'", "\"", "\\", "a\nb", "\t", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFF}", "é", "中文", "😀", "?",
        "? a",
        "a,b", "[", "{}", "2026-01-01", "1_000", "0o17", "0x1f", "<<", "=",
        String(repeating: "long ", count: 400),
    ])
    func everyStringReadsBack(text: String) throws {
        let value: JSON = [text: [.string(text), [text: .string(text)], [.string(text)]]]
        let written = Node(value).yamlText
        let node = try YAMLText.parse(written, file: "a.yaml")
        #expect(JSON(node) == value, "\(written)")
        #expect(node.yamlText == written)
    }

    @Test func scalarsKeepTheirTypes() throws {
        let value: JSON = [1, -1, 0.5, 1e-5, 1e300, nil, true, "1", "true", "null", "~", .number(.infinity), 5.0]
        let written = Node(value).yamlText
        #expect(JSON(try YAMLText.parse(written, file: "a.yaml")) == value)
        #expect(written.contains("- 1.0e-05\n"))
    }

    @Test func plainTextThatCannotStandPlainStaysText() throws {
        let node = try YAMLText.parse("a: x,y\nb: one\n  two\nc: http://x#y", file: "a.yaml")
        let again = try YAMLText.parse(node.yamlText, file: "a.yaml")
        #expect(JSON(again) == JSON(node))
        #expect(again.yamlText == node.yamlText)
    }
}
