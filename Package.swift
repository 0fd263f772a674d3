// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: language mode 6, unsafe constructs marked one by one, no warning left standing.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A target of the program; `Sources/<name>/README.md` says what it holds.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: settings)
}

/// The tests of one target.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], golden: Bool = false) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, exclude: golden ? ["Golden"] : [],
        swiftSettings: settings)
}

let package = Package(
    name: "peftexp",
    products: [
        .executable(name: "peftexp", targets: ["peftexp"]),
        .executable(name: "peftexp-bench", targets: ["peftexp-bench"]),
    ],
    targets: [
        // The C side: libraries of the system, and our row kernels.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "COneDNN"),
        .target(name: "CKernels", exclude: ["README.md"]),

        // Layer 0
        layer("YAML", ["CYAML"]),
        layer("Files"),
        layer("Tensors", ["COpenBLAS", "COneDNN", "CKernels", "Files", "YAML"]),
        // Layer 1
        layer("Configuration", ["YAML"]),
        layer("Autograd", ["Tensors"]),
        // Layer 2
        layer("NN", ["Autograd", "Tensors"]),
        // Layer 3
        layer("Models", ["NN", "Autograd", "Tensors", "Configuration", "YAML"]),
        layer("Tuners", ["NN", "Autograd", "Tensors", "Configuration", "YAML"]),
        layer("Tasks", ["NN", "Tensors", "Configuration", "YAML", "Files"]),
        layer("Results", ["Configuration", "YAML", "Files"]),
        layer("Sweeps", ["Configuration", "YAML", "Files"]),
        // Layer 4
        layer("Training", ["NN", "Autograd", "Tensors", "Configuration", "YAML", "Files"]),
        layer("Generation", ["Models", "NN", "Autograd", "Tensors", "Configuration", "YAML"]),
        // Layer 5
        layer(
            "Experiment",
            [
                "Models", "Tuners", "Tasks", "Training", "Generation", "Results", "Sweeps", "NN", "Autograd", "Tensors",
                "Configuration", "YAML", "Files",
            ]),
        // Layer 6
        .executableTarget(
            name: "peftexp",
            dependencies: [
                "Experiment", "Generation", "Results", "Sweeps", "Tensors", "Configuration", "YAML", "Files",
            ],
            exclude: ["README.md"], swiftSettings: settings),
        .executableTarget(
            name: "peftexp-bench",
            dependencies: [
                "Experiment", "Training", "Generation", "Models", "NN", "Results", "Tensors", "YAML", "Files",
            ],
            exclude: ["README.md"], swiftSettings: settings),

        tests("YAML"),
        tests("Files"),
        tests("Configuration", ["YAML"], golden: true),
        tests("Tensors", ["Files"]),
        tests("Autograd", ["Tensors"]),
        tests("NN", ["Autograd", "Tensors"]),
        tests("Models", ["NN", "Autograd", "Tensors", "YAML"], golden: true),
        tests("Tuners", ["Experiment", "Models", "NN", "Autograd", "Tensors", "Configuration", "YAML"], golden: true),
        tests("Tasks", ["NN", "Tensors", "Configuration", "YAML", "Files"], golden: true),
        tests("Results", ["Configuration", "YAML", "Files"], golden: true),
        tests("Sweeps", ["Configuration", "YAML", "Files"]),
        tests("Training", ["NN", "Autograd", "Tensors", "Configuration", "YAML", "Files"], golden: true),
        tests(
            "Experiment",
            [
                "Models", "Tuners", "Tasks", "Training", "Results", "Sweeps", "NN", "Autograd", "Tensors",
                "Configuration", "YAML", "Files",
            ], golden: true),
        tests(
            "Generation",
            ["Experiment", "Models", "Tuners", "Tasks", "NN", "Autograd", "Tensors", "Configuration", "YAML"],
            golden: true),
        .testTarget(
            name: "CommandTests", dependencies: ["peftexp", "Experiment", "Sweeps", "YAML", "Files"],
            swiftSettings: settings),
        .testTarget(name: "BenchTests", dependencies: ["peftexp-bench", "YAML"], swiftSettings: settings),
    ]
)
