// Runs a model in ONNX Runtime for onnx_runtime.py: one command a line, one answer a line.
//   node onnx_runtime.js MODEL.onnx INPUT OUTPUT     files of raw numbers
//   stdin: {"name", "type", "dims"} of the input first, then "run" or "store" again and again
// An answer is the processor seconds of this process.
const fs = require("fs");
const readline = require("readline");
const ort = require("onnxruntime-node");

const [model, input, output] = process.argv.slice(2);
const arrays = {float32: Float32Array, int64: BigInt64Array};

async function main() {
    const session = await ort.InferenceSession.create(model);
    let feeds = null, result = null;
    for await (const line of readline.createInterface({input: process.stdin})) {
        if (feeds === null) {
            const {name, type, dims} = JSON.parse(line);
            const bytes = fs.readFileSync(input);
            const data = new arrays[type](bytes.buffer.slice(
                bytes.byteOffset, bytes.byteOffset + bytes.length));
            feeds = {[name]: new ort.Tensor(type, data, dims)};
        } else if (line === "run") {
            result = await session.run(feeds);
        } else {
            const {data} = Object.values(result)[0];
            fs.writeFileSync(output, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
        }
        const {user, system} = process.cpuUsage();
        console.log((user + system) / 1e6);
    }
}

main();
