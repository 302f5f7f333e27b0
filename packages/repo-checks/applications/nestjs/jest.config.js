module.exports = { preset: "ts-jest", rootDir: "src", testEnvironment: "node" };
