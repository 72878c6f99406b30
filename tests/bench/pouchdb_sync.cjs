// Rows a second of PouchDB's replication between two LevelDB databases on this disk.
// A document has the fields of a row of an office's ledger.  node pouchdb_sync.cjs FOLDER ROWS NODE_MODULES
const path = require("path");
const [folder, rows, modules] = process.argv.slice(2);
const PouchDB = require(path.join(modules, "pouchdb"));

function row(at) {
  return {
    _id: String(1000000 + at), office: "150823102", name: `第${at}户`, kind: "household",
    address: `${at % 9}组${at}号`, phone: `139${10000000 + at}`, people: at % 6, situation: "已走访",
    found: "道路需要维修", notes: "", retired: "",
  };
}

async function main() {
  const town = new PouchDB(path.join(folder, "town"));
  const county = new PouchDB(path.join(folder, "county"));
  await town.bulkDocs(Array.from({ length: Number(rows) }, (_, at) => row(at)));
  const start = process.hrtime.bigint();
  const done = await PouchDB.replicate(town, county, { batch_size: 500 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (done.docs_written !== Number(rows)) throw new Error("not all rows arrived");
  console.log(rows / seconds);
}
main();
