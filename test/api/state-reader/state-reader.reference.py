import json, os, shutil
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled','false').config('spark.sql.shuffle.partitions','5').config('spark.sql.session.timeZone','UTC').getOrCreate()
spark.sparkContext.setLogLevel('ERROR')
base="/tmp/millrace-state-reader/run"; shutil.rmtree(base, ignore_errors=True); os.makedirs(base+"/in")
def run(name, build, mode):
    ck=f'{base}/{name}'
    for i,rows in enumerate(FILES):
        with open(f'{base}/in/{i}.json','w') as f: f.write('\n'.join(json.dumps(r) for r in rows)+'\n')
        os.utime(f'{base}/in/{i}.json',(1000000+i*10,1000000+i*10))
    s=spark.readStream.schema('time TIMESTAMP, action STRING, n INT').option('maxFilesPerTrigger','1').json(base+'/in')
    q=build(s).writeStream.outputMode(mode).format('noop').option('checkpointLocation',ck).trigger(availableNow=True).start(); q.awaitTermination()
    return ck
FILES=[[{'time':'2026-01-01T10:00:03Z','action':'a','n':1},{'time':'2026-01-01T10:00:04Z','action':'b','n':2},{'time':'2026-01-01T10:00:04Z','n':7}],
       [{'time':'2026-01-01T10:00:13Z','action':'a','n':3}],
       [{'time':'2026-01-01T10:01:13Z','action':'c','n':4},{'time':'2026-01-01T10:01:14Z','action':'a','n':5}]]
def show(title, f):
    print('==',title)
    try:
        df=f()
        print(df.schema.simpleString())
        for r in sorted(df.toJSON().collect()): print(r)
    except Exception as e:
        print('ERR', type(e).__name__, str(e).split('JVM')[0][:600])
R=lambda **o: spark.read.format('statestore').options(**o)
c1=run('count', lambda s: s.groupBy('action').agg(F.count('*').alias('c'),F.sum('n'),F.avg('n'),F.max('n'),F.min('n')), 'update')
show('count', lambda: R().load(c1))
show('count batch 0', lambda: R(batchId=0).load(c1))
show('feed', lambda: R(readChangeFeed=True, changeStartBatchId=0).load(c1))
show('feed 1-1', lambda: R(readChangeFeed=True, changeStartBatchId=1, changeEndBatchId=1).load(c1))
show('meta', lambda: spark.read.format('state-metadata').load(c1))
c2=run('window', lambda s: s.withWatermark('time','10 seconds').groupBy(F.window('time','10 seconds'),'action').count(), 'append')
show('window', lambda: R().load(c2))
show('feed window', lambda: R(readChangeFeed=True, changeStartBatchId=0).load(c2))
c3=run('dedup', lambda s: s.dropDuplicates(['action']), 'append')
show('dedup', lambda: R().load(c3))
c4=run('dedupw', lambda s: s.withWatermark('time','10 seconds').dropDuplicatesWithinWatermark(['action']), 'append')
show('dedupw', lambda: R().load(c4)); show('meta', lambda: spark.read.format('state-metadata').load(c4))
c5=run('global', lambda s: s.agg(F.count('*')), 'update')
show('global', lambda: R().load(c5)); show('meta', lambda: spark.read.format('state-metadata').load(c5))
c6=run('limit', lambda s: s.limit(2), 'append')
show('limit', lambda: R().load(c6)); show('meta', lambda: spark.read.format('state-metadata').load(c6))
c7=run('session', lambda s: s.withWatermark('time','10 seconds').groupBy(F.session_window('time','5 seconds'),'action').count(), 'append')
show('session', lambda: R().load(c7)); show('meta', lambda: spark.read.format('state-metadata').load(c7))
c8=run('join', lambda s: s.withWatermark('time','10 seconds').alias('l').join(s.withWatermark('time','10 seconds').alias('r'), F.expr('l.action=r.action and l.time=r.time')), 'append')
show('join', lambda: R(joinSide='left').load(c8)); show('meta', lambda: spark.read.format('state-metadata').load(c8))
show('join none', lambda: R().load(c8))
show('join store', lambda: R(storeName='left-keyToNumValues').load(c8))
c9=run('stateless', lambda s: s.filter('n > 1'), 'append')
for t,f in {
 'stateless': lambda: R().load(c9), 'meta stateless': lambda: spark.read.format('state-metadata').load(c9),
 'no ckpt': lambda: R().load('/tmp/millrace-state-reader/none'), 'no path': lambda: R().load(), 'op 5': lambda: R(operatorId=5).load(c1), 'store x': lambda: R(storeName='x').load(c1),
 'batch 9': lambda: R(batchId=9).load(c1), 'batch -1': lambda: R(batchId=-1).load(c1), 'op -1': lambda: R(operatorId=-1).load(c1), 'store empty': lambda: R(storeName='').load(c1),
 'side x': lambda: R(joinSide='middle').load(c1), 'side left no join': lambda: R(joinSide='left').load(c1), 'side+store': lambda: R(joinSide='left', storeName='x').load(c1),
 'feed no start': lambda: R(readChangeFeed=True).load(c1), 'feed neg': lambda: R(readChangeFeed=True, changeStartBatchId=-1).load(c1), 'feed end<start': lambda: R(readChangeFeed=True, changeStartBatchId=2, changeEndBatchId=1).load(c1),
 'feed end 9': lambda: R(readChangeFeed=True, changeStartBatchId=0, changeEndBatchId=9).load(c1),
 'feed+batch': lambda: R(readChangeFeed=True, changeStartBatchId=0, batchId=1).load(c1), 'start without feed': lambda: R(changeStartBatchId=0).load(c1), 'end without feed': lambda: R(changeEndBatchId=0).load(c1),
 'snap only': lambda: R(snapshotStartBatchId=0).load(c1), 'snap part only': lambda: R(snapshotPartitionId=0).load(c1), 'snap both': lambda: R(snapshotStartBatchId=0, snapshotPartitionId=0).load(c1), 'snap neg': lambda: R(snapshotStartBatchId=-1, snapshotPartitionId=0).load(c1),
 'snap > batch': lambda: R(snapshotStartBatchId=2, snapshotPartitionId=0, batchId=1).load(c1), 'feed+snap': lambda: R(readChangeFeed=True, changeStartBatchId=0, snapshotStartBatchId=0, snapshotPartitionId=0).load(c1),
 'var': lambda: R(stateVarName='x').load(c1), 'timers': lambda: R(readRegisteredTimers=True).load(c1), 'timers+var': lambda: R(readRegisteredTimers=True, stateVarName='x').load(c1), 'flatten': lambda: R(flattenCollectionTypes='maybe').load(c1),
 'batch x': lambda: R(batchId='x').load(c1), 'feed x': lambda: R(readChangeFeed='x').load(c1), 'meta none': lambda: spark.read.format('state-metadata').load('/tmp/millrace-state-reader/none'), 'numcols': lambda: spark.read.format('state-metadata').load(c1).select('*','_numColsPrefixKey'),
 'stream': lambda: spark.readStream.format('statestore').load(c1),
 'userschema': lambda: spark.read.format('statestore').schema('a INT').load(c1),
}.items(): show(t,f)
# changed queries on the checkpoint
def again(title, ck, build, mode):
    def f():
        s=spark.readStream.schema('time TIMESTAMP, action STRING, n INT').option('maxFilesPerTrigger','1').json(base+'/in')
        q=build(s).writeStream.outputMode(mode).format('noop').option('checkpointLocation',ck).trigger(availableNow=True).start(); q.awaitTermination()
        return spark.range(1)
    with open(f'{base}/in/9.json','w') as g: g.write(json.dumps({'time':'2026-01-01T10:02:13Z','action':'z','n':1})+'\n')
    show(title, f)
again('other op', c1, lambda s: s.dropDuplicates(['action']), 'append')
again('other key', c1, lambda s: s.groupBy('n').agg(F.count('*').alias('c'),F.sum('n'),F.avg('n'),F.max('n'),F.min('n')), 'update')
again('other agg', c5, lambda s: s.agg(F.count('*'),F.max('n')), 'update')
again('two ops', c3, lambda s: s.dropDuplicates(['action']).groupBy('action').count(), 'update')
again('no op', c3, lambda s: s.filter('n>1'), 'append')
again('op on stateless', c9, lambda s: s.dropDuplicates(['action']), 'append')
again('filter', c4, lambda s: s.filter('n>1').withWatermark('time','10 seconds').dropDuplicatesWithinWatermark(['action']), 'append')
