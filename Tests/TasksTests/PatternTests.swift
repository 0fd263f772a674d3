import Testing

@testable import Tasks

@Suite("Expressions")
struct PatternTests {
    /// The matches of `pattern` in `text`, with bars between them.
    private func matches(_ pattern: String, _ text: String) throws -> String {
        let scalars = [AlignedScalar](aligning: text.unicodeScalars)
        var found: [Range<Int>] = []
        try Pattern(pattern).find(scalars, scalars.indices, &found)
        return found.map { range in
            String(String.UnicodeScalarView(scalars[range].compactMap { Unicode.Scalar($0.value) }))
        }.joined(separator: "|")
    }

    /// Patterns, texts, and what is found in them.
    static let found: [(String, String, String)] = [
        ("a{2}", "aaaaa", "aa|aa"), ("a{2,}?", "aaaaa", "aa|aa"), ("a{,2}b", "aaab b", "aab|b"),
        ("a{x}", "a{x}a", "a{x}"),
        ("(?:ab){2,3}", "abababab", "ababab"), ("(?:ab)*?c", "ababc", "ababc"), ("(?:ab)+", "ababa", "abab"),
        ("a+?b", "aaab", "aaab"), ("a++a", "aaa", ""), ("a*+b", "aab", "aab"), ("(?:a{2})++b", "aaaab", "aaaab"),
        ("a(?=b)", "abac", "a"), ("a(?!b).", "abac", "ac"), ("x|yz|y", "yyz", "y|yz"),
        ("\\x41\\x{42}\\u0043", "ABC", "ABC"),
        ("[a-c-]+", "a-bd", "a-b"), ("[]a]+", "]a", "]a"), ("[^\\D5]", "a57", "7"), ("[\\p{^L}]+", "a12b", "12"),
        ("\\Aa|a\\z", "aaa", "a|a"), (".", "\na", "a"), ("(?i:k)[^k]", "Kk\u{212A}k k", "k\u{212A}|k "),
        ("\\p{Han}+", "x河水y", "河水"), ("(?i:éa)b", "ÉAb éaB", "ÉAb"),
    ]

    @Test(arguments: found)
    func finds(pattern: String, text: String, expected: String) throws {
        #expect(try matches(pattern, text) == expected)
    }

    /// Expressions that are not read, and why.
    static let refused: [(String, String)] = [
        ("(a", "a group is never closed"), ("a)", "')' stands alone"), ("[a", "'[' is never closed"),
        ("*a", "'*' has nothing to repeat"),
        ("a**", "a repetition of a repetition"), ("(?<=a)b", "groups with '(?<'"), ("(?P<n>a)", "groups with '(?P'"),
        ("\\bx", "'\\b' is not known"),
        ("\\p{Greek}", "the property 'Greek' is not known, only L, N, Han"), ("\\x{110000}", "'110000' is no scalar"),
        ("a\\", "it ends in '\\'"),
        ("(a+)+", "of choices or of other repetitions"), ("(a|a)*", "of choices or of other repetitions"),
        ("(?:)*", "must not be empty"),
        ("a{2,1}", "more than 1000 times, or less"), ("a{1001}", "more than 1000 times"),
        ("(?:(?:a{0}b){900}){900}", "it is too long"), ("[z-a]", "ends before it begins"),
        ("[a&&b]", "the intersection '&&'"), ("[[:alpha:]]", "'[:' is not known"), ("\\1", "'\\1' is not known"),
        ("\\p", "need braces"),
        (String(repeating: "(", count: 60), "too deep"), (String(repeating: "[", count: 60), "too deep"),
    ]

    @Test(arguments: refused)
    func refuses(pattern: String, message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "none")")
    }

    @Test("What goes back without end is given up")
    func givesUp() throws {
        let choices = String(repeating: "(?:a|a)", count: 40)
        #expect(try matches(choices + "b", String(repeating: "a", count: 60)) == "")
    }
}
