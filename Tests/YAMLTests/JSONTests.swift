import Testing
import YAML

@Suite struct JSONTests {
    private let value: JSON = ["b": [1, 0.5, nil, true], "a": "é\"\n\u{1}\u{2028}", "c": [:], "d": .number(1e-5)]

    @Test func compactTextIsSorted() {
        #expect(
            value.compactText
                == #"{"a":"é\"\n\u0001\u2028","b":[1,0.5,null,true],"c":{},"d":1.0e-05}"#)
    }

    @Test func prettyTextHasOneValuePerLine() {
        let value: JSON = ["b": [1, []], "a": [:]]
        #expect(
            value.prettyText == """
                {
                  "a": {},
                  "b": [
                    1,
                    []
                  ]
                }

                """)
    }

    @Test func textReadsBack() throws {
        #expect(JSON(try JSONText.parse(value.compactText, file: "x")) == value)
        #expect(JSON(try JSONText.parse(value.prettyText, file: "x")) == value)
    }

    @Test func whatIsNotFiniteIsNull() {
        #expect(JSON.array([.number(.nan), .number(.infinity)]).compactText == "[null,null]")
    }
}
