import Testing
import YAML

@Suite struct JSONTextTests {
    private func parse(_ text: String) throws -> Node { try JSONText.parse(text, file: "a.json") }

    @Test func valuesAndPlaces() throws {
        let node = try parse("{\"a\": [1, -2.5e3, true, null],\r\n \"é\": \"é\", \"b\" : {}}")
        #expect(
            JSON(node) == ["a": [1, -2500.0, true, nil], "é": "é", "b": [:]])
        #expect(node["a"]?.location == SourceLocation(file: "a.json", line: 1, column: 7))
        #expect(node["a"]?.elements?[1].location == SourceLocation(file: "a.json", line: 1, column: 11))
        #expect(node["b"]?.location == SourceLocation(file: "a.json", line: 2, column: 18))
        #expect(node["é"]?.scalar == Node.Scalar("é", isPlain: false))
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u00e9\u4e2d\u0000""#, "é中\u{0}"),
        (#""\ud83d\ude00x""#, "😀x"),
    ])
    func escapes(text: String, value: String) throws {
        #expect(try parse(text).string == value)
    }

    @Test func canonicallyEquivalentKeysAreDifferentKeys() throws {
        guard case .mapping(let pairs) = try parse("{\"\u{F900}\": 1, \"\u{8C48}\": 2}").content else { return }
        #expect(pairs.count == 2)
    }

    @Test func byteOrderMarkIsPassedOver() throws {
        let node = try parse("\u{FEFF}[1]")
        #expect(node.location == SourceLocation(file: "a.json", line: 1, column: 1))
    }

    @Test(arguments: [
        ("", "a.json:1:1: error: the text ends where a value is expected"),
        ("{\"a\": 1,}", "a.json:1:9: error: expected a key in double quotes"),
        ("{\"a\" 1}", "a.json:1:6: error: expected ':' after the key"),
        ("[1, 2", "a.json:1:6: error: expected ',' or ']'"),
        ("[1]\n x", "a.json:2:2: error: the text goes on after the end of the value"),
        ("[01]", "a.json:1:3: error: expected ',' or ']'"),
        ("[1.]", "a.json:1:4: error: expected a digit"),
        ("[-]", "a.json:1:3: error: expected a digit"),
        ("[tru]", "a.json:1:2: error: expected a value"),
        ("[NaN]", "a.json:1:2: error: expected a value"),
        ("\"ab", "a.json:1:4: error: the string has no closing quote"),
        (
            "\"a\tb\"",
            "a.json:1:3: error: a control character in a string must be written as an escape such as \\n"
        ),
        (#""\x""#, "a.json:1:3: error: unknown escape sequence in a string"),
        (#""\u12g4""#, "a.json:1:2: error: expected '\\u' and four hexadecimal digits"),
        (#""\ud83dx""#, "a.json:1:2: error: half of a surrogate pair stands alone"),
        (#""\ude00""#, "a.json:1:2: error: half of a surrogate pair stands alone"),
        ("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", "a.json:3:2: error: duplicate key 'a'; it stands first on line 1"),
    ])
    func mistakesAreLocated(text: String, message: String) {
        let error = #expect(throws: TextError.self) { try JSONText.parse(text, file: "a.json") }
        #expect(error?.description == message)
    }

    @Test func duplicateIsFoundAmongManyKeys() {
        let keys = (0..<100).map { "\"k\($0)\": \($0)" } + ["\"k42\": 0"]
        let error = #expect(throws: TextError.self) {
            try JSONText.parse("{" + keys.joined(separator: ",\n") + "}", file: "a.json")
        }
        #expect(error?.description == "a.json:101:1: error: duplicate key 'k42'; it stands first on line 43")
    }

    @Test func bytesThatAreNotTextAreRefused() {
        let bytes: [UInt8] = Array("[1,\n\"é".utf8) + [0xFF] + Array("\"]".utf8)
        let error = #expect(throws: TextError.self) { try JSONText.parse(bytes, file: "a.json") }
        #expect(error?.description == "a.json:2:3: error: these bytes are not UTF-8 text")
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(512))
        #expect(throws: TextError.self) { try JSONText.parse(nested(513), file: "a.json") }
        #expect(throws: TextError.self) { try JSONText.parse(nested(1_000_000), file: "a.json") }
    }
}
