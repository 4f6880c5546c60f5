# packages: sqlite3
sqlite3 x.db <<X
create table p(id integer primary key, name text, age int, h real);
create table o(pid int references p(id), item text, price real);
insert into p values(1,'ann',30,1.7),(2,'bob',25,1.85),(3,'cy',41,NULL);
insert into o values(1,'apple',1.5),(1,'pear',2.25),(2,'fig',0.75);
create index oi on o(pid);
select name, count(item), sum(price), avg(price) from p left join o on pid=id group by id order by name;
.mode column
.headers on
select * from p;
.mode json
select * from o;
with recursive c(x) as (select 1 union all select x+1 from c where x<10) select group_concat(x) s from c;
.mode list
select printf('%08.3f',3.14159), hex(zeroblob(4)), upper('abc'), substr('hello',2,3), datetime(0,'unixepoch'), julianday('2000-01-01'), typeof(1.0), 1/2, 1.0/3, round(2.567,2), abs(-4), random() is not null, quote(x'0102'), json_extract('{"a":[1,2]}','$.a[1]');
begin; update p set age=age+1; rollback; select sum(age) from p;
begin; delete from o where price<1; commit; select count(*) from o;
create trigger t after insert on o begin update p set age=age+100 where id=new.pid; end;
insert into o values(3,'kiwi',9); select age from p where id=3;
create virtual table ft using fts5(body); insert into ft values('the quick brown fox'),('lazy dog'); select rowid from ft where ft match 'quick';
select row_number() over (order by age), name, sum(age) over (order by age) from p;
explain query plan select * from o where pid=1;
pragma integrity_check; pragma journal_mode=wal; insert into o values(1,'wal',1); pragma wal_checkpoint; select count(*) from o; pragma journal_mode=delete; vacuum;
select * from nosuch;
.schema
.tables
.dump o
X
echo $?; sqlite3 x.db 'select count(*) from p'; sqlite3 -csv x.db 'select * from p'; ls; sqlite3 :memory: "select sqlite_version(); select 0.1+0.2, 1e300*1e10, -1e300*1e10, 9223372036854775807+1, 1e15, 123456789.123;"; sqlite3 y.db "create table b(x); with recursive c(n) as (select 1 union all select n+1 from c where n<20000) insert into b select printf('row %d %d', n, n*7919 % 10007) from c; create index bi on b(x); select count(distinct x), max(x), min(x) from b; select x from b order by x limit 3;"
