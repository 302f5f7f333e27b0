-- findById
-- Rule: Names stand in brackets, a closing bracket inside doubled. /functions/quotename-transact-sql
-- @p1 int
select * from [golden_products] where (([deleted_at] is null) and ([id] = @p1))

-- findOne
-- Rule: OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. /queries/select-order-by-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int, @p3 int
select * from [golden_products] where (([deleted_at] is null) and ((([code] = @p1)))) order by (select null) offset @p2 rows fetch next @p3 rows only

-- findBy with every comparison
-- @p1 nvarchar(4000), @p2 nvarchar(4000), @p3 nvarchar(4000), @p4 nvarchar(4000), @p5 nvarchar(4000), @p6 int, @p7 int
select * from [golden_products] where (([deleted_at] is null) and ((([code] in (@p1, @p2)) and ([code] <> @p3) and ([price] >= @p4) and ([price] < @p5) and ([id] between @p6 and @p7))))

-- findBy with LIKE
-- Rule: LIKE has no escape character unless ESCAPE names one; [ begins a class. /language-elements/like-transact-sql
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ((([code] like @p1 escape '\'))))

-- findBy ignoring case
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and (((lower([code]) like lower(@p1) escape '\'))))

-- findBy null and not
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ((([price] is null) and (not ((((((([code] = @p1))) or ((([code] = @p2)))))))))))

-- findAll in order
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [price] desc offset @p1 rows fetch next @p2 rows only

-- exists
-- Rule: OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. /queries/select-order-by-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int, @p3 int
select 1 as present from [golden_products] where (([deleted_at] is null) and ((([code] = @p1)))) order by (select null) offset @p2 rows fetch next @p3 rows only

-- count
-- @p1 nvarchar(4000)
select count(*) as total from [golden_products] where (([deleted_at] is null) and ((([code] = @p1))))

-- page
-- Rule: OFFSET and FETCH belong to ORDER BY and cannot stand without it. /queries/select-order-by-clause-transact-sql
BEGIN TRANSACTION
-- @p1 int, @p2 nvarchar(4000), @p3 int, @p4 nvarchar(4000), @p5 int, @p6 nvarchar(4000)
select top 0 *, 0 as mdb_ordinal into #mdb_rows from [golden_products] union all select top 0 *, 0 as mdb_ordinal from [golden_products];
merge into [golden_products] as target
using (values (@p1, @p2), (@p3, @p4), (@p5, @p6)) as source (mdb_ordinal, [code]) on 1 = 0
when not matched then insert ([code], [version]) values (source.[code], 1) output inserted.*, source.mdb_ordinal into #mdb_rows ;
select * from #mdb_rows;
COMMIT TRANSACTION
select count(*) as total from [golden_products] where [deleted_at] is null
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [code], [id] offset @p1 rows fetch next @p2 rows only

-- pageAfter
-- Rule: OFFSET and FETCH belong to ORDER BY and cannot stand without it. /queries/select-order-by-clause-transact-sql
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [price], [id] offset @p1 rows fetch next @p2 rows only
-- @p1 int, @p2 int, @p3 int
select * from [golden_products] where (([deleted_at] is null) and ((((([price] is not null))) or ((([price] is null) and ([id] > @p1)))))) order by [price], [id] offset @p2 rows fetch next @p3 rows only

-- insert
-- Rule: A target with triggers refuses OUTPUT without INTO; SELECT INTO copies an identity unless it comes from UNION ALL. /queries/output-clause-transact-sql
-- @p1 nvarchar(4000), @p2 nvarchar(4000), @p3 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
insert into [golden_products] ([code], [price], [version]) output inserted.* into #mdb_rows values (@p1, @p2, @p3);
select * from #mdb_rows;

-- insertMany
-- Rule: OUTPUT gives its rows in any order: each carries the number of its entity, which only MERGE can pass through. /queries/output-clause-transact-sql
BEGIN TRANSACTION
-- @p1 int, @p2 nvarchar(4000), @p3 int, @p4 nvarchar(4000)
select top 0 *, 0 as mdb_ordinal into #mdb_rows from [golden_products] union all select top 0 *, 0 as mdb_ordinal from [golden_products];
merge into [golden_products] as target
using (values (@p1, @p2), (@p3, @p4)) as source (mdb_ordinal, [code]) on 1 = 0
when not matched then insert ([code], [version]) values (source.[code], 1) output inserted.*, source.mdb_ordinal into #mdb_rows ;
select * from #mdb_rows;
COMMIT TRANSACTION

-- update
-- Rule: A target with triggers refuses OUTPUT without INTO; SELECT INTO copies an identity unless it comes from UNION ALL. /queries/output-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
insert into [golden_products] ([code], [version]) output inserted.* into #mdb_rows values (@p1, @p2);
select * from #mdb_rows;
-- @p1 nvarchar(4000), @p2 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
update [golden_products] set [code] = @p1, [version] = [version] + 1 output inserted.* into #mdb_rows where (([id] = @p2) and ([deleted_at] is null));
select * from #mdb_rows;

-- update of a version
-- @p1 nvarchar(4000), @p2 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
insert into [golden_products] ([code], [version]) output inserted.* into #mdb_rows values (@p1, @p2);
select * from #mdb_rows;
-- @p1 nvarchar(4000), @p2 int, @p3 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
update [golden_products] set [code] = @p1, [version] = [version] + 1 output inserted.* into #mdb_rows where (([id] = @p2) and ([version] = @p3) and ([deleted_at] is null));
select * from #mdb_rows;

-- updateBy
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
update [golden_products] set [price] = @p1, [version] = [version] + 1 where (((([code] = @p2))) and ([deleted_at] is null))

-- upsert
-- Rule: HOLDLOCK keeps the range of the key locked between looking and inserting; MERGE ends with a semicolon. /statements/merge-transact-sql
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
select top 0 *, 1 as mdb_inserted into #mdb_rows from [golden_products] union all select top 0 *, 1 as mdb_inserted from [golden_products];
merge into [golden_products] with (holdlock) as target
using (values (@p1, @p2)) as source ([code], [price]) on ((target.[code] = source.[code]))
when matched then update set [price] = source.[price], [version] = target.[version] + 1
when not matched then insert ([code], [price], [version]) values (source.[code], source.[price], 1) output inserted.*, case $action when 'INSERT' then 1 else 0 end into #mdb_rows ;
select * from #mdb_rows;

-- delete
-- @p1 nvarchar(4000), @p2 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
insert into [golden_products] ([code], [version]) output inserted.* into #mdb_rows values (@p1, @p2);
select * from #mdb_rows;
-- @p1 datetime2(7), @p2 int
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (([id] = @p2) and ([deleted_at] is null))

-- deleteBy
-- @p1 datetime2(7), @p2 nvarchar(4000)
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (((([code] = @p2))) and ([deleted_at] is null))

-- restore
-- @p1 nvarchar(4000), @p2 int
select top 0 * into #mdb_rows from [golden_products] union all select top 0 * from [golden_products];
insert into [golden_products] ([code], [version]) output inserted.* into #mdb_rows values (@p1, @p2);
select * from #mdb_rows;
-- @p1 nvarchar(4000), @p2 int
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (((([id] = @p2))) and ([deleted_at] is not null))

-- bulkInsert
BEGIN TRANSACTION
SELECT TOP (0) [code], [price], [version] FROM [golden_products]
insert bulk [golden_products]([code] nvarchar(50), [price] decimal(18, 4), [version] int) WITH (CHECK_CONSTRAINTS,FIRE_TRIGGERS,KEEP_NULLS)
BULK LOAD golden_products
COMMIT TRANSACTION

-- stream
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ((([code] = @p1))))

-- a transaction with a savepoint
BEGIN TRANSACTION
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
update golden_products set price = @p1 where code = @p2
SAVE TRANSACTION
-- @p1 nvarchar(4000)
delete from golden_products where code = @p1
COMMIT TRANSACTION

-- a level that does not leak
-- Rule: The level stays on the session after its transaction and is put back. /statements/set-transaction-isolation-level-transact-sql
BEGIN TRANSACTION
select 1 as one
COMMIT TRANSACTION
SET TRANSACTION ISOLATION LEVEL READ COMMITTED
select 2 as two

-- named parameters
-- @p1 int, @p2 int
select @p1 + @p2 as c, ':a' as d

-- hostile names
-- Rule: Names stand in brackets, a closing bracket inside doubled. /functions/quotename-transact-sql
select 1 as [a]]b[c], 2 as [select]
