-- findById
-- Rule: Names stand in brackets, a closing bracket inside doubled. t-sql/functions/quotename-transact-sql
select * from [golden_products] where 1 = 0
-- @p1 int
select * from [golden_products] where (([deleted_at] is null) and ([id] = @p1))

-- findByIds of a key of two columns
-- Rule: A request has at most 2 100 parameters, and sp_executesql needs two of them. sql-server/maximum-capacity-specifications-for-sql-server
select * from [dbo].[golden_lines] where 1 = 0
-- @p1 int, @p2 int, @p3 int, @p4 int
select * from [dbo].[golden_lines] where (((([orderId] = @p1) and ([position] = @p2))) or ((([orderId] = @p3) and ([position] = @p4))))

-- findOne
-- Rule: OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. t-sql/queries/select-order-by-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int, @p3 int
select * from [golden_products] where (([deleted_at] is null) and ([code] = @p1)) order by (select null) offset @p2 rows fetch next @p3 rows only

-- findBy with every comparison
-- Rule: A request has at most 2 100 parameters, and sp_executesql needs two of them. sql-server/maximum-capacity-specifications-for-sql-server
-- @p1 nvarchar(4000), @p2 nvarchar(4000), @p3 nvarchar(4000), @p4 decimal(18, 4), @p5 decimal(18, 4), @p6 int, @p7 int
select * from [golden_products] where (([deleted_at] is null) and ((((([code] in (@p1, @p2)) and ([code] <> @p3))) and ((([price] >= @p4) and ([price] < @p5))) and ((([id] >= @p6) and ([id] <= @p7))))))

-- findBy with LIKE
-- Rule: LIKE has no escape character unless ESCAPE names one; [ begins a class. t-sql/language-elements/like-transact-sql
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ([code] like @p1 escape '|'))

-- findBy ignoring case
-- Rule: LIKE compares by the column's collation; LOWER on both sides ignores case in each. t-sql/functions/lower-transact-sql
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and (lower([code]) like lower(@p1) escape '|'))

-- findBy null and not
-- Rule: = NULL is never true under ANSI_NULLS; IS NULL asks. t-sql/queries/is-null-transact-sql
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ((([price] is null) and (not ((([code] = @p1) or ([code] = @p2)))))))

-- findAll in order
-- Rule: OFFSET and FETCH belong to ORDER BY and cannot stand without it. t-sql/queries/select-order-by-clause-transact-sql
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [price] desc offset @p1 rows fetch next @p2 rows only

-- findAll with a limit of 0
-- Rule: FETCH NEXT 0 ROWS is refused (10744). t-sql/queries/select-order-by-clause-transact-sql
select * from [golden_products] where 1 = 0

-- exists
-- Rule: OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. t-sql/queries/select-order-by-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int, @p3 int
select 1 as present from [golden_products] where (([deleted_at] is null) and ([code] = @p1)) order by (select null) offset @p2 rows fetch next @p3 rows only

-- count
-- Rule: COUNT(*) is an int, and an error beyond it. t-sql/functions/count-transact-sql
-- @p1 nvarchar(4000)
select count(*) as total from [golden_products] where (([deleted_at] is null) and ([code] = @p1))

-- insert
-- Rule: A target with triggers refuses OUTPUT without INTO (334). SELECT INTO copies no identity from UNION ALL. t-sql/queries/output-clause-transact-sql
-- @p1 nvarchar(4000), @p2 decimal(18, 4), @p3 int
insert into [golden_products] ([code], [price], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2, @p3);

-- insert of defaults and NULL
-- Rule: nvarchar does not convert to varbinary, not even NULL (257): a NULL of a column of bytes says its type. t-sql/data-types/data-type-conversion-database-engine
-- @p1 nvarchar(4000), @p2 decimal(18, 4), @p3 varbinary(8000), @p4 int
insert into [golden_products] ([code], [price], [photo], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2, @p3, @p4);

-- insertMany
-- Rule: OUTPUT gives its rows in any order: each carries the number of its entity, which only MERGE can pass through. t-sql/queries/output-clause-transact-sql
BEGIN TRANSACTION
SAVE TRANSACTION
-- @p1 int, @p2 nvarchar(4000), @p3 int, @p4 nvarchar(4000)
merge into [golden_products] as target
using (values (@p1, @p2), (@p3, @p4)) as source (mdb_ordinal, [code]) on 1 = 0
when not matched then insert ([code], [version]) values (source.[code], 1)
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version], source.mdb_ordinal as mdb_ordinal;
COMMIT TRANSACTION

-- insertMany of numbers, some in digits
-- Rule: A column of VALUES has one type in all rows, the highest: kinds of values that would lose digits go apart. t-sql/data-types/data-type-precedence-transact-sql
BEGIN TRANSACTION
-- @p1 int, @p2 nvarchar(4000), @p3 decimal(18, 4), @p4 int, @p5 nvarchar(4000), @p6 decimal(18, 4)
merge into [golden_products] as target
using (values (@p1, @p2, @p3), (@p4, @p5, @p6)) as source (mdb_ordinal, [code], [price]) on 1 = 0
when not matched then insert ([code], [price], [version]) values (source.[code], source.[price], 1)
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version], source.mdb_ordinal as mdb_ordinal;
-- @p1 nvarchar(4000), @p2 decimal(18, 4), @p3 int
insert into [golden_products] ([code], [price], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2, @p3);
COMMIT TRANSACTION

-- page
-- Rule: OFFSET and FETCH belong to ORDER BY and cannot stand without it. t-sql/queries/select-order-by-clause-transact-sql
select count(*) as total from [golden_products] where [deleted_at] is null
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [code], [id] offset @p1 rows fetch next @p2 rows only

-- pageAfter
-- Rule: NULL is the lowest value in an order. t-sql/queries/select-order-by-clause-transact-sql
-- @p1 int, @p2 int
select * from [golden_products] where [deleted_at] is null order by [price], [id] offset @p1 rows fetch next @p2 rows only
-- @p1 int, @p2 int, @p3 int
select * from [golden_products] where (([deleted_at] is null) and ((((([price] is not null))) or ((([price] is null) and ([id] > @p1)))))) order by [price], [id] offset @p2 rows fetch next @p3 rows only

-- update
-- Rule: A target with triggers refuses OUTPUT without INTO (334). SELECT INTO copies no identity from UNION ALL. t-sql/queries/output-clause-transact-sql
-- @p1 nvarchar(4000), @p2 int
insert into [golden_products] ([code], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2);
-- @p1 nvarchar(4000), @p2 int
update [golden_products] set [code] = @p1, [version] = [version] + 1
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
where (([id] = @p2) and ([deleted_at] is null));

-- update of a version
-- Rule: Columns to the right of = in SET have their values from before. t-sql/queries/update-transact-sql
-- @p1 nvarchar(4000), @p2 int
insert into [golden_products] ([code], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2);
-- @p1 nvarchar(4000), @p2 int, @p3 int
update [golden_products] set [code] = @p1, [version] = [version] + 1
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
where (([id] = @p2) and ([version] = @p3) and ([deleted_at] is null));

-- updateBy
-- Rule: Columns to the right of = in SET have their values from before. t-sql/queries/update-transact-sql
-- @p1 decimal(18, 4), @p2 nvarchar(4000)
update [golden_products] set [price] = @p1, [version] = [version] + 1 where (([code] = @p2) and ([deleted_at] is null))

-- upsert
-- Rule: HOLDLOCK keeps the range of the key locked between looking and inserting; MERGE ends with a semicolon. t-sql/statements/merge-transact-sql
BEGIN TRANSACTION
SAVE TRANSACTION
-- @p1 nvarchar(4000), @p2 decimal(18, 4)
merge into [golden_products] with (updlock, holdlock) as target
using (values (@p1, @p2)) as source ([code], [price]) on ((target.[code] = source.[code]))
when matched then update set [price] = source.[price], [version] = target.[version] + 1
when not matched then insert ([code], [price], [version]) values (source.[code], source.[price], 1)
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version], case $action when 'INSERT' then 1 else 0 end as mdb_inserted;
COMMIT TRANSACTION

-- upsert of nothing but a key
-- Rule: A target with triggers refuses OUTPUT without INTO (334). SELECT INTO copies no identity from UNION ALL. t-sql/queries/output-clause-transact-sql
-- @p1 int, @p2 int, @p3 nvarchar(4000)
update [dbo].[golden_lines] set [orderId] = [orderId]
output inserted.[orderId], inserted.[position], inserted.[text]
where (([orderId] = @p1) and ([position] = @p2) and ([text] = @p3));
-- @p1 int, @p2 int, @p3 nvarchar(4000)
insert into [dbo].[golden_lines] ([orderId], [position], [text])
output inserted.[orderId], inserted.[position], inserted.[text]
values (@p1, @p2, @p3);

-- upsert of a generated key
-- Rule: A MERGE that names an identity column is refused (544), whether it inserts or not: an update, then an insert. t-sql/statements/set-identity-insert-transact-sql
-- @p1 nvarchar(4000), @p2 int
insert into [golden_products] ([code], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2);
-- @p1 nvarchar(4000), @p2 int
update [golden_products] set [code] = @p1, [version] = [version] + 1
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
where (([id] = @p2));

-- delete, softly
-- Rule: A Date goes as datetime2(7): datetime counts in steps of 3.33 ms. t-sql/data-types/datetime2-transact-sql
-- @p1 nvarchar(4000), @p2 int
insert into [golden_products] ([code], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2);
-- @p1 datetime2(7), @p2 int
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (([id] = @p2) and ([deleted_at] is null))

-- delete
-- Rule: Names stand in brackets, a closing bracket inside doubled. t-sql/functions/quotename-transact-sql
-- @p1 int, @p2 int
delete from [dbo].[golden_lines] where (((([orderId] = @p1) and ([position] = @p2))))

-- deleteBy
-- Rule: A Date goes as datetime2(7): datetime counts in steps of 3.33 ms. t-sql/data-types/datetime2-transact-sql
-- @p1 datetime2(7), @p2 nvarchar(4000)
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (([code] = @p2) and ([deleted_at] is null))

-- restore
-- Rule: = NULL is never true under ANSI_NULLS; IS NULL asks. t-sql/queries/is-null-transact-sql
-- @p1 nvarchar(4000), @p2 int
insert into [golden_products] ([code], [version])
output inserted.[id], inserted.[code], inserted.[price], inserted.[photo], inserted.[deleted_at], inserted.[version]
values (@p1, @p2);
-- @p1 datetime2(7), @p2 int
update [golden_products] set [deleted_at] = @p1, [version] = [version] + 1 where (((([id] = @p2))) and ([deleted_at] is not null))

-- bulkInsert
-- Rule: A bulk load checks constraints and runs triggers only when told so. t-sql/statements/bulk-insert-transact-sql
BEGIN TRANSACTION
SELECT TOP (0) [code], [price], [version] FROM [golden_products]
insert bulk [golden_products]([code] nvarchar(50), [price] decimal(18, 4), [version] int) WITH (CHECK_CONSTRAINTS,FIRE_TRIGGERS,KEEP_NULLS)
BULK LOAD golden_products
COMMIT TRANSACTION

-- stream
-- Rule: A text with parameters goes through sp_executesql, one without as a batch. relational-databases/system-stored-procedures/sp-executesql-transact-sql
-- @p1 nvarchar(4000)
select * from [golden_products] where (([deleted_at] is null) and ([code] = @p1))

-- executeMany
-- Rule: A text with parameters goes through sp_executesql, one without as a batch. relational-databases/system-stored-procedures/sp-executesql-transact-sql
BEGIN TRANSACTION
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
update golden_products set price = @p1 where code = @p2
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
update golden_products set price = @p1 where code = @p2
COMMIT TRANSACTION

-- a transaction with a savepoint
-- Rule: A savepoint has a name of at most 32 characters, and no release. t-sql/language-elements/save-transaction-transact-sql
BEGIN TRANSACTION
-- @p1 nvarchar(4000), @p2 nvarchar(4000)
update golden_products set price = @p1 where code = @p2
SAVE TRANSACTION
-- @p1 nvarchar(4000)
delete from golden_products where code = @p1
COMMIT TRANSACTION

-- a transaction whose savepoint fails
-- Rule: A savepoint has a name of at most 32 characters, and no release. t-sql/language-elements/save-transaction-transact-sql
BEGIN TRANSACTION
select 1 as one
SAVE TRANSACTION
select no_such_column from golden_products
ROLLBACK TRANSACTION
COMMIT TRANSACTION

-- a level that does not leak
-- Rule: The level stays on the session after its transaction and is put back. t-sql/statements/set-transaction-isolation-level-transact-sql
BEGIN TRANSACTION
select 1 as one
COMMIT TRANSACTION
SET TRANSACTION ISOLATION LEVEL READ COMMITTED
select 2 as two

-- a procedure
-- Rule: A procedure is called by name with named parameters, no text. t-sql/language-elements/execute-transact-sql
-- @a int, @b decimal(10,2)
[dbo].[golden_procedure]

-- named parameters
-- Rule: A text with parameters goes through sp_executesql, one without as a batch. relational-databases/system-stored-procedures/sp-executesql-transact-sql
-- with a reset of the session
set ansi_nulls on
set ansi_null_dflt_on on
set ansi_padding on
set ansi_warnings on
set arithabort on
set concat_null_yields_null on
set datefirst 7
set dateformat mdy
set implicit_transactions off
set language us_english
set numeric_roundabort off
set quoted_identifier on
set textsize 2147483647
set transaction isolation level read committed
set xact_abort off
-- @p1 int, @p2 int
select @p1 + @p2 as c, ':a' as d

-- hostile names
-- Rule: Names stand in brackets, a closing bracket inside doubled. t-sql/functions/quotename-transact-sql
select 1 as [a]]b[c], 2 as [select]
